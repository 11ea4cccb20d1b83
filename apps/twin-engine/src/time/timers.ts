import type { PatientInput } from '#libs/contracts';
import type { Applied, TwinState } from '#libs/domain/twin';
import type { TimerWrite } from '#libs/platform/storage';
import type { HeldTwin } from '../apply/twin-cache.js';

export interface TimerChanges {
  readonly writes: readonly Pick<TimerWrite, 'timer' | 'dueAt'>[];
  /** Due times of the rows after the writes. */
  readonly armed: Readonly<Record<string, number>>;
}

/**
 * Which timer rows to write. A timer that only moves later is left as it is: its row comes due too early, the tick finds nothing
 * to say, and then the row is set anew. A stream that sends every second so costs one write per silence limit, not one per sample.
 */
export function timerWrites(
  before: Pick<HeldTwin, 'armed'>,
  state: TwinState,
  applied: readonly { readonly input: PatientInput; readonly result: Applied }[],
): TimerChanges {
  const armed = before.armed ?? {};
  const ticked = applied.some(({ input }) => input.kind === 'tick');
  const touched = new Set<string>();
  if (ticked) for (const timer in state.timers) touched.add(timer);
  for (const { result } of applied) for (const { timer } of result.timers) touched.add(timer);
  if (touched.size === 0) return { writes: [], armed };
  const next: Record<string, number> = { ...armed };
  const writes: { timer: string; dueAt: number | null }[] = [];
  for (const timer of touched) {
    const dueAt = state.timers[timer];
    if (dueAt === undefined) {
      if (before.armed !== undefined && armed[timer] === undefined) continue;
      delete next[timer];
      writes.push({ timer, dueAt: null });
      continue;
    }
    const row = armed[timer];
    if (!ticked && row !== undefined && row <= dueAt) continue;
    next[timer] = dueAt;
    writes.push({ timer, dueAt });
  }
  return { writes, armed: next };
}
