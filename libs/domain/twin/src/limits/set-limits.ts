import type { WireThreshold } from '#libs/contracts';
import { gridTimes } from '../time/grid.js';
import type { LimitOwner, SetLimits } from '../state/state.js';

const TIMELINE_KEPT = 16;

export function setLimitsOf(threshold: WireThreshold, author: string, after: number | null): SetLimits {
  const { limits, reason, expiresAt } = threshold;
  return { after, limits, author, reason, ...(expiresAt === undefined ? undefined : { expiresAt }) };
}

/**
 * What is set when the rule's other limits stay as they are: those of `before`, the newest entry, go along, each with its own author,
 * reason and expiry. What has expired for every sample that the new entry counts for does not.
 */
export function withKept(before: SetLimits | undefined, entry: SetLimits): SetLimits {
  const { limits, after } = entry;
  if (limits === null) return entry;
  const kept: Record<string, LimitOwner> = {};
  for (const name of Object.keys(before?.limits ?? {})) {
    const owner = ownerOf(before!, name);
    const isOver = owner.expiresAt !== undefined && after !== null && owner.expiresAt <= after;
    if (limits[name] === undefined && !isOver) kept[name] = owner;
  }
  const names = Object.keys(kept);
  if (names.length === 0) return entry;
  const values = Object.fromEntries(names.map((name) => [name, before!.limits![name]!]));
  return { ...entry, limits: { ...values, ...limits }, kept };
}

/** Whose a limit of an entry is. */
export function ownerOf({ author, reason, expiresAt, kept }: SetLimits, name: string): LimitOwner {
  return kept?.[name] ?? { author, reason, ...(expiresAt === undefined ? undefined : { expiresAt }) };
}

/** The entry with the limits that count at effective time `t`; undefined where none of it does. */
export function unexpired(entry: SetLimits, t: number): SetLimits | undefined {
  const { limits, expiresAt, kept } = entry;
  if (limits === null) return undefined;
  if (kept === undefined) return expiresAt === undefined || t < expiresAt ? entry : undefined;
  const names = Object.keys(limits);
  const left = names.filter((name) => t < (ownerOf(entry, name).expiresAt ?? Infinity));
  if (left.length === names.length) return entry;
  if (left.length === 0) return undefined;
  return { ...entry, limits: Object.fromEntries(left.map((name) => [name, limits[name]!])) };
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
