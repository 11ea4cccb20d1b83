/**
 * Checks successive values of one measure from one source, in the order of their effective time: what a value's neighbours say of
 * it. Causal: a verdict rests on earlier values and this one, and never changes an earlier one, so folding the same values again
 * gives the same verdicts. Limits and their sources: docs/clinical/signal-quality.md.
 */
import { doubtedUnit, referenceOf, type AcceptedValue } from './unit-doubt.js';
import { reasonOfStatus, VITAL_REASONS, type Quality, type VitalReason } from './vital-reason.js';
import type { VitalSpec } from './vital-spec.js';
import { accepted, firstState, LEARNT, moved, waiting, type VitalState } from './vital-state.js';

/** One value as the engine knows it. */
export interface VitalValue {
  /** Effective time, ms since 1970. */
  readonly t: number;
  /** Canonical unit of the measure; absent, or NaN, when the device sent none. */
  readonly x?: number | undefined;
  /** As the sender and the gateway judged it: 0 good, 1 doubtful, 2 bad. */
  readonly quality: Quality;
  /** Per cent; pulse oximeters only. */
  readonly perfusionIndex?: number | undefined;
  /** `off-body`, `motion`, …: see `vital-reason.ts`. */
  readonly deviceStatus?: string | undefined;
}

export interface VitalVerdict {
  readonly state: VitalState | null;
  /** The worst of what the sender said and what was found here. A doubtful value lowers confidence; it does not vanish. */
  readonly quality: Quality;
  /** In the order found; a reason may stand beside quality 0 when it only informs (`below-sensor-range`). */
  readonly reasons: readonly VitalReason[];
}

/** Values in a row with an earlier time after which the source's clock is taken to have been set back. */
const CLOCK_RESET = 3;
/** How many usual steps make a spike. */
const SPIKE = 6;

const NONE: readonly VitalReason[] = Object.freeze([]);
const NO_OTHERS: readonly AcceptedValue[] = Object.freeze([]);

/** `state` is null before the first value; `others`: newest accepted values of other sources of the measure. Never throws. */
export function checkVital(
  spec: VitalSpec,
  state: VitalState | null,
  value: VitalValue,
  others: readonly AcceptedValue[] = NO_OTHERS,
): VitalVerdict {
  const { t, x } = value;
  if (!Number.isFinite(t)) return verdict(state, value, 'time-invalid');
  let reasons = aboutSample(spec, value);
  if (state !== null && t < state.t) return reversed(spec, state, value, reasons);
  const refusal = refusalOf(spec, value, reasons);
  // What says nothing of the measure leaves no trace: the next value is compared with the one before.
  if (refusal !== undefined) return verdict(state, value, ...reasons, refusal);
  if (x === undefined) return verdict(state, value, ...reasons, 'value-missing');
  const unit = doubtedUnit(spec, state, { t, x }, others);
  if (unit !== undefined) return ofOtherUnit(spec, state, { ...value, x }, others, unit, reasons);
  if (isRepeated(spec, state, { t, x }, others)) reasons = add(reasons, 'dose-repeated');
  let next: VitalState;
  if (state === null || t - state.t > spec.gapMs) next = firstState(t, x);
  else {
    const jump = jumpOf(spec, state, state.heldT, state.heldX, t, x, true);
    if (jump === undefined) next = accepted(spec, state, t, x);
    else if (isWaiting(state) && jumpOf(spec, state, state.t, state.x, t, x, false) === undefined)
      next = moved(state, t, x);
    else {
      next = waiting(state, t, x);
      reasons = add(reasons, jump);
    }
    const { flat } = spec;
    if (flat !== undefined && next.run >= flat.count && t - next.since >= flat.forMs && isBetween(x, flat.between))
      reasons = add(reasons, 'flat-line');
  }
  if (spec.sensorRange !== undefined) {
    if (x <= spec.sensorRange[0]) reasons = add(reasons, 'below-sensor-range');
    else if (x >= spec.sensorRange[1]) reasons = add(reasons, 'above-sensor-range');
  }
  return { state: next, quality: worst(value.quality, reasons), reasons };
}

function isRepeated(
  { repeatedWithinMs }: VitalSpec,
  state: VitalState | null,
  { t, x }: AcceptedValue,
  others: readonly AcceptedValue[],
): boolean {
  if (repeatedWithinMs === undefined || x === 0) return false;
  const isSame = (other: AcceptedValue): boolean => other.x === x && t - other.t <= repeatedWithinMs;
  return (state !== null && isSame(state)) || others.some(isSame);
}

/** Held back until it is confirmed; what was accepted stays, if it is another source's. */
function ofOtherUnit(
  spec: VitalSpec,
  state: VitalState | null,
  value: VitalValue & { readonly x: number },
  others: readonly AcceptedValue[],
  unit: number,
  before: readonly VitalReason[],
): VitalVerdict {
  const { t, x } = referenceOf(spec, state, value.t, others)!;
  const from = state !== null && state.heldT === t ? state : firstState(t, x);
  const reasons = add(before, 'unit-doubtful');
  const next = { ...waiting(from, value.t, value.x), unit };
  return { state: next, quality: worst(value.quality, reasons), reasons };
}

/** What the sample says of itself. */
function aboutSample(spec: VitalSpec, { quality, perfusionIndex, deviceStatus }: VitalValue): readonly VitalReason[] {
  let reasons = NONE;
  if (quality === 1) reasons = add(reasons, 'sent-as-doubtful');
  if (deviceStatus !== undefined) {
    const reason = reasonOfStatus(deviceStatus);
    if (reason !== null) reasons = add(reasons, reason);
  }
  const { perfusionBelow } = spec;
  if (perfusionIndex !== undefined && perfusionBelow !== undefined && perfusionIndex < perfusionBelow)
    reasons = add(reasons, 'low-perfusion');
  return reasons;
}

/** Why a value says nothing of the measure and must not become the neighbour of the next one. */
function refusalOf(spec: VitalSpec, value: VitalValue, reasons: readonly VitalReason[]): VitalReason | undefined {
  const { x } = value;
  if (value.quality === 2) return 'sent-as-bad';
  for (const reason of reasons) if (VITAL_REASONS[reason] === 2) return reason;
  if (x === undefined || Number.isNaN(x)) return 'value-missing';
  if (spec.offCodes.includes(x)) return 'off-body';
  return x >= spec.possible[0] && x <= spec.possible[1] ? undefined : 'impossible';
}

/**
 * A value with a time before the newest one: kept doubtful and out of the comparison. In a fold by effective time there are none;
 * where values come as they arrive, several in a row mean that the clock was set back, and the newest of them starts anew.
 */
function reversed(
  spec: VitalSpec,
  state: VitalState,
  value: VitalValue,
  reasons: readonly VitalReason[],
): VitalVerdict {
  const refusal = refusalOf(spec, value, reasons);
  const found = refusal === undefined ? reasons : [...reasons, refusal];
  const back = state.back + 1;
  if (back >= CLOCK_RESET && refusal === undefined && value.x !== undefined)
    return verdict(firstState(value.t, value.x), value, ...found, 'clock-reset');
  return verdict({ ...state, back: Math.min(back, CLOCK_RESET) }, value, ...found, 'time-reversed');
}

/** Why the step from an earlier value is too large, if it is. The anchor stands for drifts that no single step shows. */
function jumpOf(
  spec: VitalSpec,
  state: VitalState,
  fromT: number,
  fromX: number,
  t: number,
  x: number,
  anchored: boolean,
): VitalReason | undefined {
  const { rate, spike } = spec;
  const step = Math.abs(x - fromX);
  if (step === 0) return undefined;
  const dt = t - fromT;
  const windows = dt > rate.withinMs ? dt / rate.withinMs : 1;
  if (step > rate.bad * windows) return 'rate-impossible';
  if (step > rate.doubtful * windows) return 'rate-doubtful';
  if (anchored && t - state.anchorT <= rate.withinMs && Math.abs(x - state.anchorX) > rate.doubtful)
    return 'rate-doubtful';
  const unusual = spike !== undefined && dt <= spike.withinMs && state.steps >= LEARNT && step >= spike.step;
  return unusual && step > SPIKE * state.spread ? 'spike' : undefined;
}

function isWaiting(state: VitalState): boolean {
  return state.x !== state.heldX;
}

function isBetween(x: number, range: readonly [number, number] | undefined): boolean {
  return range === undefined || (x >= range[0] && x <= range[1]);
}

/** Most values have no reason and few have two, so nothing is made before it is needed. */
function add(reasons: readonly VitalReason[], reason: VitalReason): readonly VitalReason[] {
  return reasons.length === 0 ? ALONE[reason] : [...reasons, reason];
}

const ALONE = Object.freeze(
  Object.fromEntries(Object.keys(VITAL_REASONS).map((reason) => [reason, Object.freeze([reason])])),
) as Readonly<Record<VitalReason, readonly VitalReason[]>>;

function verdict(state: VitalState | null, value: VitalValue, ...found: readonly VitalReason[]): VitalVerdict {
  const reasons = found.length === 1 ? ALONE[found[0]!] : [...new Set(found)];
  return { state, quality: worst(value.quality, reasons), reasons };
}

function worst(sent: Quality, reasons: readonly VitalReason[]): Quality {
  let quality: Quality = sent === 2 ? 2 : sent === 1 ? 1 : 0;
  for (const reason of reasons) if (VITAL_REASONS[reason] > quality) quality = VITAL_REASONS[reason];
  return quality;
}
