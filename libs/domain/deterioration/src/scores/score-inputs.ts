/**
 * What the bedside scores read: names, units and what is possible. Wider than what the gateways accept as a measurement
 * (docs/clinical/plausibility.md), because a chart may hold the zero of a heart that stands still; the limits only keep out wrong units.
 */

/** Level of consciousness: alert, new confusion, responds to voice, responds to pain, unresponsive (ACVPU; AVPU has no C). */
export type Consciousness = 'A' | 'C' | 'V' | 'P' | 'U';

/** Vital signs and laboratory values of one patient. What is left out (or null) is missing; it is never taken for zero or for normal. */
export interface Vitals {
  /** /min. */
  readonly respiratoryRate?: number | null;
  /** %, by pulse oximetry. */
  readonly oxygenSaturation?: number | null;
  /** Any added oxygen. */
  readonly onOxygen?: boolean | null;
  /** mm[Hg]. */
  readonly systolicPressure?: number | null;
  /** mm[Hg]. */
  readonly diastolicPressure?: number | null;
  /** mm[Hg]. */
  readonly meanPressure?: number | null;
  /** /min. */
  readonly heartRate?: number | null;
  readonly consciousness?: Consciousness | null;
  /** Glasgow coma score, 3 to 15. */
  readonly gcs?: number | null;
  /** Cel. */
  readonly temperature?: number | null;
  /** Partial pressure of carbon dioxide in arterial blood, mm[Hg]. */
  readonly paco2?: number | null;
  /** 10*3/uL. */
  readonly whiteCells?: number | null;
  /** Immature neutrophils, % of white cells. */
  readonly bandsPercent?: number | null;
}

export type VitalName = keyof Vitals;
export type VitalValue = number | boolean | Consciousness;

const POSSIBLE: Readonly<Partial<Record<VitalName, readonly [least: number, most: number]>>> = {
  respiratoryRate: [0, 150],
  oxygenSaturation: [0, 100],
  systolicPressure: [0, 400],
  diastolicPressure: [0, 300],
  meanPressure: [0, 350],
  heartRate: [0, 400],
  gcs: [3, 15],
  temperature: [10, 50],
  paco2: [5, 200],
  whiteCells: [0, 500],
  bandsPercent: [0, 100],
};

const LETTERS: readonly unknown[] = ['A', 'C', 'V', 'P', 'U'];

/** Whether a value can be one of this input, in its unit. */
export function isPossible(name: VitalName, value: unknown): value is VitalValue {
  if (name === 'onOxygen') return typeof value === 'boolean';
  if (name === 'consciousness') return LETTERS.includes(value);
  const [least, most] = POSSIBLE[name] ?? [Number.NaN, Number.NaN];
  return typeof value === 'number' && value >= least && value <= most && (name !== 'gcs' || Number.isInteger(value));
}

/**
 * A decimal number without the noise of binary arithmetic: 100.4 degF converted is 38.00000000000001 Cel and must not exceed 38. Twelve
 * significant digits, as conversions are rounded.
 */
export function withoutNoise(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(12));
}

/** Rounded to an integer, halves up: 90.5 is 91. */
export function toInteger(value: number): number {
  return Math.round(withoutNoise(value));
}

/** Tenths, halves up: 36.05 is 361. `36.05 * 10` is 360.49999999999994 in binary, so the noise goes first. */
export function toTenths(value: number): number {
  return Math.round(withoutNoise(value * 10));
}
