import type { VitalSpec } from './vital-spec.js';

/**
 * What is remembered of one measure from one source: eleven or twelve numbers, plain JSON. `held` is the last value that was accepted; while the
 * last value `x` is held back as a jump it differs from it.
 */
export interface VitalState {
  /** Time of the newest value, ms, and that value. */
  readonly t: number;
  readonly x: number;
  /** How often `x` came in a row, and since when. */
  readonly run: number;
  readonly since: number;
  readonly heldT: number;
  readonly heldX: number;
  /** The usual step between accepted values: a running mean of steps, each cut at three times the mean. */
  readonly spread: number;
  /** How many steps `spread` has learnt from, at most {@link LEARNT}. */
  readonly steps: number;
  /** An accepted value at most `rate.withinMs` old: slow drifts that no single step shows. */
  readonly anchorT: number;
  readonly anchorX: number;
  /** How many values in a row came with a time before `t`. */
  readonly back: number;
  /** `x` looks as if it were of another unit: what it would have to be multiplied by. */
  readonly unit?: number;
}

/** Steps after which the usual step is known well enough to call another one unusual. */
export const LEARNT = 8;

export function firstState(t: number, x: number): VitalState {
  return { t, x, run: 1, since: t, heldT: t, heldX: x, spread: 0, steps: 0, anchorT: t, anchorX: x, back: 0 };
}

/** The state after a value that was accepted. */
export function accepted(spec: VitalSpec, state: VitalState, t: number, x: number): VitalState {
  const step = Math.abs(x - state.heldX);
  const steps = state.steps < LEARNT ? state.steps + 1 : LEARNT;
  // The first steps are taken whole; later ones are cut, so that one large step does not make the next look usual.
  const cut = state.steps < LEARNT ? step : Math.min(step, 3 * state.spread + 1e-3 * spec.possible[1]);
  const renew = t - state.anchorT > spec.rate.withinMs;
  const same = x === state.x;
  return {
    t,
    x,
    run: same ? state.run + 1 : 1,
    since: same ? state.since : t,
    heldT: t,
    heldX: x,
    spread: state.spread + (cut - state.spread) / steps,
    steps,
    anchorT: renew ? t : state.anchorT,
    anchorX: renew ? x : state.anchorX,
    back: 0,
  };
}

/** The state after a value that waits for the next one: what was accepted stays. */
export function waiting(state: VitalState, t: number, x: number): VitalState {
  const same = x === state.x;
  return {
    t,
    x,
    run: same ? state.run + 1 : 1,
    since: same ? state.since : t,
    heldT: state.heldT,
    heldX: state.heldX,
    spread: state.spread,
    steps: state.steps,
    anchorT: state.anchorT,
    anchorX: state.anchorX,
    back: 0,
  };
}

/** The state after a jump that the next value confirmed: a new level, with the usual step of the old one. */
export function moved(state: VitalState, t: number, x: number): VitalState {
  const same = x === state.x;
  return {
    t,
    x,
    run: same ? state.run + 1 : 1,
    since: same ? state.since : t,
    heldT: t,
    heldX: x,
    spread: state.spread,
    steps: state.steps,
    anchorT: t,
    anchorX: x,
    back: 0,
  };
}
