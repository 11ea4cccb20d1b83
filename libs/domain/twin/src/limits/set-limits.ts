import type { WireThreshold } from '#libs/contracts';
import { gridTimes } from '../time/grid.js';
import type { SetLimits } from '../state/state.js';

const TIMELINE_KEPT = 16;

export function setLimitsOf(threshold: WireThreshold, author: string, after: number | null): SetLimits {
  const { limits, reason, expiresAt } = threshold;
  return { after, limits, author, reason, ...(expiresAt === undefined ? undefined : { expiresAt }) };
}

/** Entries that another one replaced before everything late data can reach are forgotten. */
export function timelineWith(timeline: readonly SetLimits[], entry: SetLimits): readonly SetLimits[] {
  if (entry.after === null) return [entry];
  const reach = gridTimes(entry.after)[0]!;
  const all = [...timeline, entry];
  return all
    .filter((_, i) => all[i + 1] === undefined || (all[i + 1]!.after ?? -Infinity) >= reach)
    .slice(-TIMELINE_KEPT);
}
