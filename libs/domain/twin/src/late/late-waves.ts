import { NO_CHANGES, type Changes } from '../state/changes.js';
import type { LateWaves } from '../state/late-state.js';

/** A stretch of the past, ms. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** Values that may be judged again without a wait before the next time. */
const FREE_VALUES = 2_000;
/** n values that were judged again are paid by n / 2 late ones, or by time. */
const READ_PER_LATE_VALUE = 2;
const READ_PER_MS = 16;
const MAX_WAIT = 10_000;
/** Stretches that wait; more are judged again at once. */
const MAX_WAITING = 32;
/** Stretches no further apart than this wait as one, ms. */
const APART = 60_000;
const TIMER = 'late-waves';

/** What waits, and the log's own time, ms. */
interface Waiting {
  readonly lateWaves: LateWaves | undefined;
  readonly now: number;
}

/** Whether stretches that wait are to be judged again with this record. */
export function isWaveDue({ lateWaves, now }: Waiting): boolean {
  return lateWaves !== undefined && lateWaves.spans.length > 0 && now >= lateWaves.due;
}

/**
 * Which stretches are judged again with this record: those that waited and its own, or none, when the last time is not paid yet. A late
 * chunk brings a second and costs a minute; so a backlog sent chunk by chunk is judged again every half a minute of it, or after some
 * seconds of the log's own time. The state and the record alone decide, so batches and restarts change nothing.
 *
 * @param brought late values of this record
 */
export function dueSpans(
  { lateWaves, now }: Waiting,
  own: readonly Span[],
  brought: number,
): { readonly spans: readonly Span[]; readonly changes: Changes } {
  if (lateWaves === undefined) return { spans: own, changes: NO_CHANGES };
  if (own.length === 0 && !isWaveDue({ lateWaves, now })) return { spans: [], changes: NO_CHANGES };
  const all = joined([...lateWaves.spans.map(([from, until]) => ({ from, until })), ...own]);
  if (now >= lateWaves.due || brought >= lateWaves.after || all.length > MAX_WAITING)
    return { spans: all, changes: NO_CHANGES };
  const spans = all.map(({ from, until }) => [from, until] as const);
  const next = { spans, due: lateWaves.due, after: lateWaves.after - brought };
  return { spans: [], changes: { state: { lateWaves: next }, timers: { [TIMER]: lateWaves.due } } };
}

/** After stretches were judged again: when the next may be. @param reread values that were judged again */
export function settleWaves(now: number, reread: number): Changes {
  const due = now + Math.min(MAX_WAIT, Math.ceil(reread / READ_PER_MS));
  const after = Math.ceil(reread / READ_PER_LATE_VALUE);
  const lateWaves = reread <= FREE_VALUES ? undefined : { spans: [], due, after };
  return { state: { lateWaves }, timers: { [TIMER]: null } };
}

function joined(spans: readonly Span[]): readonly Span[] {
  const all: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last === undefined || span.from - last.until > APART) all.push(span);
    else all[all.length - 1] = { from: last.from, until: Math.max(last.until, span.until) };
  }
  return all;
}
