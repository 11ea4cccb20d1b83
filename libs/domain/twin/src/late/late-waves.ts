import { setTimer, type Draft } from '../state/draft.js';

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
const LONGEST_WAIT = 10_000;
/** Stretches that wait; more are judged again at once. */
const MAX_WAITING = 32;
/** Stretches no further apart than this wait as one, ms. */
const APART = 60_000;
const TIMER = 'late-waves';

/** Whether stretches that wait are to be judged again with this record. */
export function isWaveDue({ lateWaves, now }: Pick<Draft, 'lateWaves' | 'now'>): boolean {
  return lateWaves !== undefined && lateWaves.spans.length > 0 && now >= lateWaves.due;
}

/**
 * Which stretches are judged again with this record: those that waited and its own, or none, when the last time is not paid yet. A late
 * chunk brings a second and costs a minute; so a backlog sent chunk by chunk is judged again every half a minute of it, or after some
 * seconds of the log's own time. The state and the record alone decide, so batches and restarts change nothing.
 *
 * @param brought late values of this record
 */
export function dueSpans(draft: Draft, own: readonly Span[], brought: number): readonly Span[] {
  const { lateWaves } = draft;
  if (lateWaves === undefined) return own;
  if (own.length === 0 && !isWaveDue(draft)) return [];
  const all = joined([...lateWaves.spans.map(([from, until]) => ({ from, until })), ...own]);
  if (draft.now >= lateWaves.due || brought >= lateWaves.after || all.length > MAX_WAITING) return all;
  const spans = all.map(({ from, until }) => [from, until] as const);
  draft.lateWaves = { spans, due: lateWaves.due, after: lateWaves.after - brought };
  setTimer(draft, TIMER, lateWaves.due);
  return [];
}

/** After stretches were judged again: when the next may be. @param reread values that were judged again */
export function settleWaves(draft: Draft, reread: number): void {
  const due = draft.now + Math.min(LONGEST_WAIT, Math.ceil(reread / READ_PER_MS));
  const after = Math.ceil(reread / READ_PER_LATE_VALUE);
  draft.lateWaves = reread <= FREE_VALUES ? undefined : { spans: [], due, after };
  setTimer(draft, TIMER, null);
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
