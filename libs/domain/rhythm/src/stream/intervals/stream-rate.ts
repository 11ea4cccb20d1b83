/** Slow and fast heart by intervals: the mean of eight, held for a minute. Adults at rest; what the rate means is the reader's. */
import type { RhythmFinding } from '../stream-finding.js';

/** A minute, so that a turn in bed or a few missed beats emit nothing. */
const HELD_MS = 60_000;
/** Over when 10 % inside the limit for half a minute. */
const OVER_MS = 30_000;
const INSIDE = 0.1;
const SLOW = 40;
const FAST = 120;
const VERY_FAST = 150;

/** A condition that has to hold for a time, and to be gone for a time. */
export interface Held {
  readonly since: number | null;
  readonly held: number;
  readonly gone: number;
  readonly told: boolean;
}

export interface RateState {
  readonly slow: Held;
  readonly fast: Held;
  readonly veryFast: Held;
}

const NOT_HELD: Held = { since: null, held: 0, gone: 0, told: false };
export const NEW_RATE: RateState = { slow: NOT_HELD, fast: NOT_HELD, veryFast: NOT_HELD };

/** One interval of `time` ms that ends at `at`, with the mean rate (per minute) up to it. */
export function stepRate(
  state: RateState,
  rate: number,
  at: number,
  time: number,
  confident: boolean,
): { readonly state: RateState; readonly findings: readonly RhythmFinding[] } {
  const slow = hold(state.slow, rate < SLOW, rate >= SLOW * (1 + INSIDE), at, time);
  const fast = hold(state.fast, rate > FAST, rate <= FAST * (1 - INSIDE), at, time);
  const veryFast = hold(state.veryFast, rate > VERY_FAST, rate <= VERY_FAST * (1 - INSIDE), at, time);
  const findings: RhythmFinding[] = [];
  const value = Math.round(10 * rate) / 10;
  const emit = (rule: 'bradycardia' | 'tachycardia', was: Held, is: Held, limit: number): void => {
    // It went with the beat before those that were inside.
    const since = is.told ? (is.since ?? at) : Math.round(at - was.gone - time);
    const note = `limit ${limit}/min for 60 s`;
    findings.push({ rule, at, present: is.told, since, value, unit: '/min', confident, note });
  };
  if (slow.told !== state.slow.told) emit('bradycardia', state.slow, slow, SLOW);
  if (fast.told !== state.fast.told) emit('tachycardia', state.fast, fast, FAST);
  if (veryFast.told && !state.veryFast.told && state.fast.told)
    emit('tachycardia', state.veryFast, veryFast, VERY_FAST);
  return { state: { slow, fast, veryFast }, findings };
}

/** A gap: what is not emitted yet has to hold anew. */
export function breakRate({ slow, fast, veryFast }: RateState): RateState {
  const keep = (held: Held): Held => (held.told ? { ...held, gone: 0 } : NOT_HELD);
  return { slow: keep(slow), fast: keep(fast), veryFast: keep(veryFast) };
}

function hold(state: Held, holds: boolean, inside: boolean, at: number, time: number): Held {
  if (state.told) {
    if (!inside) return { ...state, gone: 0 };
    const gone = state.gone + time;
    return gone >= OVER_MS ? NOT_HELD : { ...state, gone };
  }
  if (!holds) return NOT_HELD;
  const held = state.held + (state.since === null ? 0 : time);
  return { since: state.since ?? at, held, gone: 0, told: held >= HELD_MS };
}
