import { isClosed } from '../alerts/alert-state.js';
import { NO_CHANGES, type Changes } from '../state/changes.js';
import { setTimer, type Draft } from '../state/draft.js';
import type { EpisodeState } from '../state/episode-state.js';

const SECOND = 1000;
export const TIMER = 'catching-up';
/** A measure whose newest value of a record is older than this at its receipt is catching up, */
const LATE = 120 * SECOND;
/** until one is no older than this, */
const LIVE = 30 * SECOND;
/** or nothing more has come for as long as this: between the messages of a gateway that empties its buffer, */
const BURST = 130;
/** and longer for what is hours old, because a page that is so late can wait to see how it ends, */
const OLD = { over: 150 * 60 * SECOND, quiet: 6 * SECOND } as const;
/** or its values have been late by the same (within a minute) for this long: it is slow, not catching up. */
const STEADY = { within: 60 * SECOND, over: 120 * SECOND } as const;
/** Maximum time for which a page is deferred. */
const LONGEST = 300 * SECOND;

/** Notes how late the newest value of a record is (`end`: its effective time, of a series the last value's). */
export function noteLateness(
  { now, catchingUp, record }: Pick<Draft, 'now' | 'catchingUp' | 'record'>,
  code: number,
  end: number,
): Changes {
  const lag = record.receivedAt - end;
  const known = catchingUp[code];
  if (lag <= (known === undefined ? LATE : LIVE)) {
    if (known === undefined) return NO_CHANGES;
    const { [code]: _, ...others } = catchingUp;
    return { state: { catchingUp: others } };
  }
  const isSteady = known !== undefined && Math.abs(lag - known.lag) <= STEADY.within;
  const lateness = isSteady ? { ...known, heard: now } : { lag, since: now, heard: now };
  return { state: { catchingUp: { ...catchingUp, [code]: lateness } } };
}

/** Whether pages on these measures are deferred: all of them are catching up. */
export function isHeldBack(draft: Draft, codes: readonly number[]): boolean {
  return codes.length > 0 && codes.every((code) => isCatchingUp(draft, code));
}

function idleTimeoutOf(lag: number): number {
  return lag > OLD.over ? OLD.quiet : BURST;
}

/** Idle time after which deferred alerts are emitted, ms. */
export function idleTimeout({ catchingUp }: Draft): number {
  return Object.values(catchingUp).reduce((longest, { lag }) => Math.max(longest, idleTimeoutOf(lag)), BURST);
}

/** Whether the measure catches up with old values, at the log's own time. */
export function isCatchingUp({ catchingUp, now }: Draft, code: number): boolean {
  const known = catchingUp[code];
  return known !== undefined && now - known.since < STEADY.over && now - known.heard < idleTimeoutOf(known.lag);
}

/** An alert that waits until its sender has caught up, or nothing more comes. */
export function heldBack(episode: EpisodeState): NonNullable<EpisodeState['muted']> {
  return { reason: 'catching-up', by: null, until: null, rank: episode.rank };
}

/** Whether what began to wait at `since` (the log's own time) has waited for long enough. */
export function isOverdue(draft: Draft, since: number): boolean {
  return draft.now - since >= LONGEST;
}

/** Whether a page waits: of an alert that began, got worse, or turned out not to be over. */
export function isWaiting({ muted, heldSince, status, end, closedByHand }: EpisodeState): boolean {
  if (muted !== undefined) return muted.reason === 'catching-up';
  return heldSince !== undefined || (isClosed(status) && end === null && closedByHand === undefined);
}

/** Sets the timer that ends the wait when nothing else does. */
export function waitForMore(draft: Draft, episodes: readonly EpisodeState[]): void {
  if (draft.timers[TIMER] === undefined && episodes.some(isWaiting))
    setTimer(draft, TIMER, draft.now + idleTimeout(draft));
}
