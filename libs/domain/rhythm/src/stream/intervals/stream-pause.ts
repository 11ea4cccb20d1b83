/** Pauses by single intervals. A gap between runs is never one; an interval that a missed beat explains is emitted without confidence. */
import type { RhythmFinding } from '../stream-finding.js';

/** ACC/AHA/HRS 2018 bradycardia guideline: pauses over 3 s matter even without complaints; over 2 s they are noted. */
const NOTED_MS = 2000;
const PAUSE_MS = 3000;
/** Longer intervals are more often lost signal than a silent heart: emitted without confidence up to 10 s, taken for a gap above. */
const LIKELY_LOST_MS = 5000;
const OVER_MS = 60_000;
const WORSE_MS = 1000;
/** At most one note of a 2 to 3 s interval per hour. */
const NOTE_EVERY_MS = 3_600_000;
/** Neighbours within 15 % of each other, and an interval within 10 % of a beat of a multiple of them: beats were missed. */
const REGULAR = 0.15;
/** Longer than so many usual intervals is more often lost signal (the gaps of NSRDB are; true pauses on MITDB and AFDB were shorter). */
const MANY = 5.5;
const MULTIPLE = 0.1;

export interface PauseState {
  readonly told: boolean;
  readonly since: number;
  readonly longest: number;
  readonly confident: boolean;
  /** ms without a pause since the last one. */
  readonly clear: number;
  readonly noted: number | null;
}

export const NO_PAUSE: PauseState = { told: false, since: 0, longest: 0, confident: false, clear: 0, noted: null };

/** One interval (ms) that ends at `at`; `recent` are the usual intervals before it. */
export function stepPause(
  state: PauseState,
  interval: number,
  at: number,
  recent: readonly number[],
  confident: boolean,
): { readonly state: PauseState; readonly finding: RhythmFinding | null } {
  if (interval >= PAUSE_MS) return pause(state, interval, at, recent, confident);
  const since = Math.round(at - interval);
  if (state.told) {
    const clear = state.clear + interval;
    if (clear < OVER_MS) return { state: { ...state, clear }, finding: null };
    const value = Math.round(state.longest);
    return {
      state: { ...NO_PAUSE, noted: state.noted },
      finding: {
        rule: 'pause',
        at,
        present: false,
        since: Math.round(at - clear),
        value,
        unit: 'ms',
        confident: state.confident,
      },
    };
  }
  if (interval <= NOTED_MS || (state.noted !== null && at - state.noted < NOTE_EVERY_MS))
    return { state, finding: null };
  const doubt = doubtOf(interval, recent);
  return {
    state: { ...state, noted: at },
    finding: {
      rule: 'pause',
      at,
      present: false,
      since,
      value: Math.round(interval),
      unit: 'ms',
      confident: confident && doubt === null,
      note: `between 2 s and 3 s: recorded only${doubt === null ? '' : `; ${doubt}`}`,
    },
  };
}

function pause(
  state: PauseState,
  interval: number,
  at: number,
  recent: readonly number[],
  clean: boolean,
): ReturnType<typeof stepPause> {
  const doubt = doubtOf(interval, recent);
  const confident = clean && doubt === null;
  const isWorse = interval >= state.longest + WORSE_MS || (confident && !state.confident);
  const next: PauseState = {
    told: true,
    since: state.told ? state.since : Math.round(at - interval),
    longest: Math.max(state.longest, interval),
    confident: confident || state.confident,
    clear: 0,
    noted: at,
  };
  if (state.told && !isWorse) return { state: next, finding: null };
  const value = Math.round(interval);
  const told = { rule: 'pause', at, present: true, since: next.since, value, unit: 'ms', confident } as const;
  return { state: next, finding: doubt === null ? told : { ...told, note: doubt } };
}

/** Why the interval may be no pause; null when there is no evidence against it. */
function doubtOf(interval: number, recent: readonly number[]): string | null {
  if (interval > LIKELY_LOST_MS) return 'longer than 5 s: a pause or lost signal';
  if (recent.length < 4) return 'no rhythm before it to compare with';
  const sorted = recent.toSorted((a, b) => a - b);
  const usual = sorted[sorted.length >> 1]!;
  const isRegular = (sorted.at(-1)! - sorted[0]!) / usual < REGULAR;
  const beats = interval / usual;
  if (beats > MANY) return `more than ${MANY} times the usual interval: a pause or lost signal`;
  const missed = Math.round(beats) - 1;
  if (isRegular && missed > 0 && Math.abs(beats - missed - 1) <= MULTIPLE)
    return `${missed + 1} times the usual interval: ${missed === 1 ? 'a missed beat' : 'missed beats'} or a block`;
  return null;
}
