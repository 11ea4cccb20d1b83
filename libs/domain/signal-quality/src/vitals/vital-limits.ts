/**
 * The limits of each checked measure, as data. Engineering defaults for adults; where each comes from, and what was left out on
 * purpose: docs/clinical/signal-quality.md.
 */
import { CATALOGUE, GLUCOSE_MOLAR_MASS, type MeasureName } from '#libs/domain/quantities';
import type { VitalSpec } from './vital-spec.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const NEVER = Number.MAX_SAFE_INTEGER;

const DAY = 24 * HOUR;

/** Each unit can be taken for the other. */
function units(near: number, withinMs: number, ...factors: readonly number[]): NonNullable<VitalSpec['units']> {
  return { factors: factors.flatMap((factor) => [factor, 1 / factor]), near, withinMs };
}

/** kPa and cm[Hg] in mm[Hg]. Hectopascal and cm[H2O] are too close to it: their factor of 0.75 is a change that patients have. */
const PRESSURE_UNITS = units(1.5, DAY, 1 / 0.133_322, 10);

type Limits = Omit<VitalSpec, 'measure' | 'possible'>;

const LIMITS: Readonly<Partial<Record<MeasureName, Limits>>> = {
  'heart-rate': {
    offCodes: [0, 255, 511],
    rate: { withinMs: SECOND, doubtful: 40, bad: NEVER },
    spike: { step: 30, withinMs: 30 * SECOND },
    flat: { count: 30, forMs: 30 * MINUTE },
    gapMs: 10 * MINUTE,
    perfusionBelow: 0.3,
  },
  'oxygen-saturation': {
    offCodes: [0, 127, 255, 511],
    rate: { withinMs: SECOND, doubtful: 4, bad: NEVER },
    spike: { step: 8, withinMs: 30 * SECOND },
    // Healthy people, and people on oxygen, stay at 98 to 100 for hours.
    flat: { count: 60, forMs: 2 * HOUR, between: [0, 97] },
    gapMs: 10 * MINUTE,
    perfusionBelow: 0.3,
  },
  'respiratory-rate': {
    offCodes: [0, 255, 511],
    // No flat line: a ventilator breathes at its set rate for days.
    rate: { withinMs: SECOND, doubtful: 15, bad: NEVER },
    spike: { step: 15, withinMs: 30 * SECOND },
    gapMs: 10 * MINUTE,
  },
  'systolic-pressure': {
    offCodes: [0, -1, 511],
    rate: { withinMs: 5 * SECOND, doubtful: 60, bad: NEVER },
    spike: { step: 40, withinMs: 5 * MINUTE },
    flat: { count: 10, forMs: 10 * MINUTE },
    gapMs: 30 * MINUTE,
    units: PRESSURE_UNITS,
  },
  'diastolic-pressure': {
    offCodes: [0, -1, 511],
    rate: { withinMs: 5 * SECOND, doubtful: 40, bad: NEVER },
    spike: { step: 30, withinMs: 5 * MINUTE },
    flat: { count: 10, forMs: 10 * MINUTE },
    gapMs: 30 * MINUTE,
    units: PRESSURE_UNITS,
  },
  'mean-pressure': {
    offCodes: [0, -1, 511],
    rate: { withinMs: 5 * SECOND, doubtful: 50, bad: NEVER },
    spike: { step: 35, withinMs: 5 * MINUTE },
    flat: { count: 10, forMs: 10 * MINUTE },
    gapMs: 30 * MINUTE,
    units: PRESSURE_UNITS,
  },
  'body-temperature': {
    offCodes: [0, -1, 127, 255, 511],
    rate: { withinMs: 5 * MINUTE, doubtful: 1, bad: NEVER },
    flat: { count: 60, forMs: 4 * HOUR },
    gapMs: 2 * HOUR,
  },
  glucose: {
    // 255 and 511 mg/dL are glucose values like any other.
    offCodes: [0, -1],
    rate: { withinMs: MINUTE, doubtful: 4, bad: 10 },
    // A sensor repeats itself for half an hour in a calm night, and at its ends for as long as it takes.
    flat: { count: 10, forMs: 45 * MINUTE, between: [41, 399] },
    gapMs: 30 * MINUTE,
    sensorRange: [39, 401],
    // mmol/L; a person may go up or down by half while nothing is measured.
    units: units(1.5, DAY, GLUCOSE_MOLAR_MASS / 10),
  },
  'body-weight': {
    offCodes: [0],
    rate: { withinMs: 24 * HOUR, doubtful: 10, bad: NEVER },
    gapMs: NEVER,
    // Pounds and stones.
    units: units(1.15, NEVER, 0.453_592_37, 6.350_293_18),
  },
  // Amounts, not a course: neighbours say nothing of each other, but that one dose may have been reported twice.
  'insulin-bolus': {
    offCodes: [],
    rate: { withinMs: MINUTE, doubtful: NEVER, bad: NEVER },
    gapMs: NEVER,
    repeatedWithinMs: 2 * MINUTE,
  },
};

/** Checked measures by catalogue name; a measure that is not here has no streaming check. */
export const VITAL_SPECS: Readonly<Partial<Record<MeasureName, VitalSpec>>> = Object.fromEntries(
  CATALOGUE.flatMap(({ name, possible }) => {
    const limits = LIMITS[name];
    return limits ? [[name, { measure: name, possible, ...limits }]] : [];
  }),
);
