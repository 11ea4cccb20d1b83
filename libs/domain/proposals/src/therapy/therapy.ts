import type { TherapyAsked } from '#libs/contracts';
import { GLUCOSE_MOLAR_MASS } from '#libs/domain/quantities';

/** What a clinician set for a person's insulin, in canonical units. */
export interface TherapySettings {
  /** g per [IU] */
  readonly carbRatio: number;
  /** mg/dL per [IU] */
  readonly correctionFactor: number;
  /** mg/dL */
  readonly target: { readonly low: number; readonly high: number };
  /** [IU] */
  readonly maximumBolus: number;
  /** [IU] */
  readonly maximumInsulinOnBoard: number;
  /** All insulin of 24 hours, [IU]. */
  readonly dailyMaximum: number;
}

export interface TherapyFault {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

const MMOL = GLUCOSE_MOLAR_MASS / 10;
const INSULIN = { '[IU]': 1, '[iU]': 1, U: 1 };
const UNITS = {
  carbRatio: { 'g/[IU]': 1, 'g/[iU]': 1, 'g/U': 1 },
  correctionFactor: {
    'mg/dL/[IU]': 1,
    '(mg/dL)/[IU]': 1,
    'mg/dL/U': 1,
    '(mg/dL)/U': 1,
    'mmol/L/[IU]': MMOL,
    '(mmol/L)/[IU]': MMOL,
    'mmol/L/U': MMOL,
    '(mmol/L)/U': MMOL,
  },
  target: { 'mg/dL': 1, 'mmol/L': MMOL },
  maximumBolus: INSULIN,
  maximumInsulinOnBoard: INSULIN,
  dailyMaximum: INSULIN,
} as const;

/**
 * Within these a setting is taken; outside it is more likely an error of the unit than a therapy. Engineering bounds, wider than the ranges that
 * pumps offer (Tandem t:slim X2 user guide: ratio 1 to 300 g/u, factor 1 to 600 mg/dL, bolus 25 u); the largest bolus is that of the catalogue.
 */
const BOUNDS: Readonly<Record<keyof typeof UNITS, readonly [number, number]>> = {
  carbRatio: [1, 150],
  correctionFactor: [5, 400],
  target: [80, 180],
  maximumBolus: [0.05, 30],
  maximumInsulinOnBoard: [0.05, 50],
  dailyMaximum: [0.05, 300],
};

/** Settings of a request in canonical units, or all that is wrong with them. */
export function therapyOf(asked: TherapyAsked): TherapySettings | readonly TherapyFault[] {
  const faults: TherapyFault[] = [];
  const take = (name: keyof typeof UNITS, given: number | { readonly value: number; readonly unit: string }): number =>
    canonical(name, given, `/${name}`, faults);
  const settings = {
    carbRatio: take('carbRatio', asked.carbRatio),
    correctionFactor: take('correctionFactor', asked.correctionFactor),
    target: targetIn(asked.target, '/target', faults),
    maximumBolus: take('maximumBolus', asked.maximumBolus),
    maximumInsulinOnBoard: take('maximumInsulinOnBoard', asked.maximumInsulinOnBoard),
    dailyMaximum: take('dailyMaximum', asked.dailyMaximum),
  };
  if (faults.length === 0 && settings.maximumBolus > settings.dailyMaximum)
    faults.push({ pointer: '/maximumBolus', code: 'out-of-range', detail: 'must not be above dailyMaximum' });
  return faults.length > 0 ? faults : settings;
}

/** A target of a request, mg/dL, or all that is wrong with it. */
export function targetOf(asked: TherapyAsked['target']): TherapySettings['target'] | readonly TherapyFault[] {
  const faults: TherapyFault[] = [];
  const target = targetIn(asked, '/target', faults);
  return faults.length > 0 ? faults : target;
}

function targetIn(asked: TherapyAsked['target'], pointer: string, faults: TherapyFault[]): TherapySettings['target'] {
  if (typeof asked === 'number' || 'value' in asked) {
    const value = canonical('target', asked, pointer, faults);
    return { low: value, high: value };
  }
  const low = canonical('target', { value: asked.low, unit: asked.unit }, `${pointer}/low`, faults);
  const high = canonical('target', { value: asked.high, unit: asked.unit }, `${pointer}/high`, faults);
  if (high < low) faults.push({ pointer, code: 'out-of-range', detail: 'low must not be above high' });
  return { low, high };
}

function canonical(
  name: keyof typeof UNITS,
  given: number | { readonly value: number; readonly unit: string },
  pointer: string,
  faults: TherapyFault[],
): number {
  const units: Readonly<Record<string, number>> = UNITS[name];
  const [unit] = Object.keys(units);
  let value: number;
  if (typeof given === 'number') value = given;
  else if (Object.hasOwn(units, given.unit)) value = Number((given.value * units[given.unit]!).toPrecision(12));
  else {
    const detail = `${name} is given in ${Object.keys(units).join(', ')}`;
    faults.push({ pointer: `${pointer}/unit`, code: 'unit-unknown', detail });
    return Number.NaN;
  }
  const [low, high] = BOUNDS[name];
  if (!(value >= low && value <= high))
    faults.push({ pointer, code: 'out-of-range', detail: `must be ${low} to ${high} ${unit}` });
  return value;
}
