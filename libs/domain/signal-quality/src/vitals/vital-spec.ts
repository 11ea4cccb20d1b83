import type { MeasureName } from '#libs/domain/quantities';

/** Limits of one measure for {@link checkVital}. All numbers in the measure's canonical unit; times in ms. */
export interface VitalSpec {
  readonly measure: MeasureName;
  /** Outside these the value cannot be true; the gateway's limits of the catalogue, kept here for values that came another way. */
  readonly possible: readonly [number, number];
  /** Numbers that devices send in place of a value when the sensor is off. None of them is a plausible value. */
  readonly offCodes: readonly number[];
  /** A change of more than `doubtful` within `withinMs` (in proportion over longer times) is too fast; of more than `bad`, impossible. */
  readonly rate: { readonly withinMs: number; readonly doubtful: number; readonly bad: number };
  /** A step of at least `step`, and of six usual steps, between values at most `withinMs` apart waits for the next value. */
  readonly spike?: { readonly step: number; readonly withinMs: number };
  /** The very same value `count` times over at least `forMs`; values outside `between` may repeat as they like. */
  readonly flat?: { readonly count: number; readonly forMs: number; readonly between?: readonly [number, number] };
  /** Longer than this without a value, and what was before says nothing about what comes. */
  readonly gapMs: number;
  /** Index in per cent below which the pulse was too weak to be measured well. */
  readonly perfusionBelow?: number;
  /** At or beyond these the sensor only says "low" or "high". */
  readonly sensorRange?: readonly [number, number];
  /**
   * Other units that people measure it in: what a value in them, taken for the canonical one, has to be multiplied by. Values are near each
   * other when neither is more than `near` times the other; one before `withinMs` is no comparison.
   */
  readonly units?: { readonly factors: readonly number[]; readonly near: number; readonly withinMs: number };
  /** An amount that was given: the very same one again within this, by whatever source, may be the same one reported twice, ms. */
  readonly repeatedWithinMs?: number;
}
