import type { VitalSpec } from './vital-spec.js';
import type { VitalState } from './vital-state.js';

/** An accepted value of the measure: time, ms, and value in the canonical unit. */
export interface AcceptedValue {
  readonly t: number;
  readonly x: number;
}

/** How long after it another source's value still confirms, ms. */
const CONFIRMS_FOR = 30 * 60_000;

/**
 * The factor by which the value would have to be multiplied, if it looks as if it had been measured in another unit than it says; else
 * undefined. It does when it is far from the value that was last accepted, times a factor between two common units is near it,
 * and no other source measured about the same. Once doubted, values stay doubted as long as they go on as values of that unit would:
 * until they are back, another source confirms them, or they move as no value of that unit can. Reasoning: docs/clinical/rules/unit-doubtful.md.
 */
export function doubtedUnit(
  spec: VitalSpec,
  state: VitalState | null,
  { t, x }: AcceptedValue,
  others: readonly AcceptedValue[],
): number | undefined {
  const { units, rate } = spec;
  if (units === undefined) return undefined;
  const { near } = units;
  if (others.some((other) => Math.abs(t - other.t) <= CONFIRMS_FOR && isNear(x, other.x, near))) return undefined;
  const before = referenceOf(spec, state, t, others);
  if (before === undefined || isNear(x, before.x, near)) return undefined;
  if (state?.unit !== undefined) {
    const windows = Math.max(1, (t - state.t) / rate.withinMs);
    const fastest = Math.min(rate.bad, 3 * rate.doubtful) * windows;
    return Math.abs(x - state.x) * state.unit <= fastest ? state.unit : undefined;
  }
  return units.factors.find((factor) => isNear(x * factor, before.x, near));
}

/** What the value is compared with: its source's own accepted value, or the newest of another source. */
export function referenceOf(
  spec: VitalSpec,
  state: VitalState | null,
  t: number,
  others: readonly AcceptedValue[],
): AcceptedValue | undefined {
  const { withinMs } = spec.units!;
  if (state !== null && (t - state.heldT <= withinMs || (state.unit !== undefined && t - state.t <= withinMs)))
    return { t: state.heldT, x: state.heldX };
  let newest: AcceptedValue | undefined;
  for (const other of others) {
    if (t - other.t <= withinMs && (newest === undefined || other.t > newest.t)) newest = other;
  }
  return newest;
}

/** Whether neither value is more than `near` times the other. */
function isNear(a: number, b: number, near: number): boolean {
  return a <= b * near && b <= a * near;
}
