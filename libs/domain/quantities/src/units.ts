import type { Measure, MeasureName } from './measure.js';

/** canonical = value x factor + offset. */
export interface UnitFactor {
  readonly factor: number;
  readonly offset: number;
}

/**
 * Molar mass of glucose, g/mol (C6H12O6, IUPAC atomic weights; the figure UCUM tools are given). 1 mmol/L = 18.0156 mg/dL. The
 * rounder 18.018 of some clinical papers differs by 0.013 %, far below the error of any meter.
 */
export const GLUCOSE_MOLAR_MASS = 180.156;

const rate = { '/min': 1, '1/min': 1, 'min-1': 1, Hz: 60, '/s': 60, '1/s': 60, 's-1': 60 };
// UCUM: m[Hg] = 133.3220 kPa and m[H2O] = 9.80665 kPa, both exact by definition.
const pressure = {
  'mm[Hg]': 1,
  'cm[Hg]': 10,
  kPa: 1 / 0.133322,
  hPa: 0.1 / 0.133322,
  Pa: 0.001 / 0.133322,
  mbar: 0.1 / 0.133322,
  'cm[H2O]': 0.0980665 / 0.133322,
  'mm[H2O]': 0.00980665 / 0.133322,
};
const perMole = GLUCOSE_MOLAR_MASS / 10;
/**
 * International units of insulin. UCUM has `[IU]` and `[iU]` for them; its `U` is another unit, the amount of an enzyme, in which nobody doses
 * insulin: there `U` is always written for international units (FHIR R4 examples of insulin doses do so too), and equals them here.
 */
const insulin = { '[IU]': 1, '[iU]': 1, U: 1, 'm[IU]': 0.001, 'm[iU]': 0.001 };

/** Units each measure is accepted in. UCUM, case-sensitive; annotations in braces stand for 1. */
const FACTORS: Readonly<Record<MeasureName, Readonly<Record<string, number | readonly [number, number]>>>> = {
  'heart-rate': {
    ...rate,
    '{beat}/min': 1,
    '{beats}/min': 1,
    '{Beats}/min': 1,
    '{heartbeat}/min': 1,
    '{heart_beats}/min': 1,
    '{pulse}/min': 1,
    '{beat}/s': 60,
    '{beats}/s': 60,
  },
  'rr-interval': { ms: 1, s: 1000, us: 0.001 },
  'oxygen-saturation': { '%': 1, '1': 100, '{fraction}': 100, '%{O2}': 1 },
  'respiratory-rate': {
    ...rate,
    '{breath}/min': 1,
    '{breaths}/min': 1,
    '{Breaths}/min': 1,
    '{resp}/min': 1,
    '{respirations}/min': 1,
  },
  'systolic-pressure': pressure,
  'diastolic-pressure': pressure,
  'mean-pressure': pressure,
  'body-temperature': { Cel: 1, '[degF]': [5 / 9, -160 / 9], K: [1, -273.15] },
  glucose: {
    'mg/dL': 1,
    'mg/dl': 1,
    'mg/(100.mL)': 1,
    'mg%': 1,
    'mg/L': 0.1,
    'mg/l': 0.1,
    'g/L': 100,
    'g/l': 100,
    'mg/mL': 100,
    'mmol/L': perMole,
    'mmol/l': perMole,
    'umol/L': perMole / 1000,
    'umol/l': perMole / 1000,
  },
  'step-count': { '{steps}': 1, '{step}': 1, '{Steps}': 1, '{count}': 1, '1': 1 },
  'body-weight': { kg: 1, g: 0.001, '[lb_av]': 0.45359237, '[oz_av]': 0.028349523125, '[stone_av]': 6.35029318 },
  ecg: { mV: 1, uV: 0.001, nV: 1e-6, V: 1000 },
  ppg: { "{arb'U}": 1, '{arbitrary_unit}': 1, '{adc}': 1, '{counts}': 1, '1': 1 },
  'arterial-pressure-wave': pressure,
  'oxygen-flow': { 'L/min': 1, 'l/min': 1, 'mL/min': 0.001, 'ml/min': 0.001 },
  'inspired-oxygen': { '%': 1, '1': 100, '{fraction}': 100 },
  'glasgow-coma-score': { '{score}': 1, '1': 1 },
  'insulin-bolus': insulin,
  'insulin-basal-rate': {
    ...per(insulin, 'h', 1),
    ...per(insulin, 'min', 60),
    ...per(insulin, 'd', 1 / 24),
  },
  'carbohydrate-intake': { g: 1, kg: 1000, mg: 0.001 },
  'exercise-intensity': { '%': 1, '1': 100, '{fraction}': 100 },
};

function per(units: Readonly<Record<string, number>>, time: string, times: number): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(units).map(([unit, factor]) => [`${unit}/${time}`, factor * times]));
}

/** What people write in place of the UCUM code. Used only to say what would be right. */
const MISTAKES: Readonly<Record<string, string>> = {
  bpm: '/min',
  'beats/min': '/min',
  'beats/minute': '/min',
  'breaths/min': '/min',
  'breaths/minute': '/min',
  brpm: '/min',
  rpm: '/min',
  mmHg: 'mm[Hg]',
  mmhg: 'mm[Hg]',
  MMHG: 'mm[Hg]',
  C: 'Cel',
  c: 'Cel',
  '°C': 'Cel',
  '℃': 'Cel',
  degC: 'Cel',
  celsius: 'Cel',
  Celsius: 'Cel',
  F: '[degF]',
  f: '[degF]',
  '°F': '[degF]',
  '℉': '[degF]',
  degF: '[degF]',
  fahrenheit: '[degF]',
  Fahrenheit: '[degF]',
  lb: '[lb_av]',
  lbs: '[lb_av]',
  pounds: '[lb_av]',
  oz: '[oz_av]',
  st: '[stone_av]',
  KG: 'kg',
  Kg: 'kg',
  kgs: 'kg',
  MG: 'mg',
  'MG/DL': 'mg/dL',
  'mg/DL': 'mg/dL',
  'Mg/dL': 'mg/dL',
  'MMOL/L': 'mmol/L',
  mmol: 'mmol/L',
  percent: '%',
  pct: '%',
  steps: '{steps}',
  step: '{steps}',
  count: '{steps}',
  msec: 'ms',
  millisecond: 'ms',
  milliseconds: 'ms',
  sec: 's',
  mv: 'mV',
  millivolt: 'mV',
  µV: 'uV',
  μV: 'uV',
  'µmol/L': 'umol/L',
  IU: '[IU]',
  iu: '[IU]',
  u: '[IU]',
  unit: '[IU]',
  units: '[IU]',
  Units: '[IU]',
  'IU/h': '[IU]/h',
  'IU/hr': '[IU]/h',
  'U/hr': '[IU]/h',
  'u/h': '[IU]/h',
  'units/h': '[IU]/h',
  'units/hour': '[IU]/h',
  gram: 'g',
  grams: 'g',
};

const byMeasure = new Map<string, ReadonlyMap<string, UnitFactor>>(
  Object.entries(FACTORS).map(([name, units]) => [
    name,
    new Map(
      Object.entries(units).map(([unit, scale]) => [
        unit,
        typeof scale === 'number' ? { factor: scale, offset: 0 } : { factor: scale[0], offset: scale[1] },
      ]),
    ),
  ]),
);
const everyUnit = new Set(Object.values(FACTORS).flatMap((units) => Object.keys(units)));

/** UCUM codes that the measure is accepted in, the canonical one first. */
export function unitsOf(measure: Measure): readonly string[] {
  return [...new Set([measure.unit, ...(byMeasure.get(measure.name)?.keys() ?? [])])];
}

/** How to bring a unit to the measure's canonical one, or undefined when the measure is not accepted in it. */
export function unitFactor(measure: Measure, unit: string): UnitFactor | undefined {
  return byMeasure.get(measure.name)?.get(unit);
}

export type UnitRefusal = {
  readonly ok: false;
  readonly code: 'unit-unknown' | 'unit-mismatch';
  readonly message: string;
};
export type Conversion = { readonly ok: true; readonly value: number } | UnitRefusal;

/**
 * The value in the measure's canonical unit. `value` must be finite. Converted values are rounded to 12 significant digits, so
 * that 98.6 [degF] is 37 Cel and not 36.99999999999999. −0 becomes 0.
 */
export function toCanonical(measure: Measure, value: number, unit: string): Conversion {
  if (unit === measure.unit) return { ok: true, value: value === 0 ? 0 : value };
  const factor = unitFactor(measure, unit);
  return factor === undefined ? unitRefusal(measure, unit) : { ok: true, value: convert(value, factor) };
}

/** {@link toCanonical} for one value of a series whose factor is already known. */
export function convert(value: number, { factor, offset }: UnitFactor): number {
  if (factor === 1 && offset === 0) return value === 0 ? 0 : value;
  const exact = value * factor + offset;
  const rounded = Number(exact.toPrecision(12));
  return rounded === 0 ? 0 : rounded;
}

/** Why the measure is not accepted in this unit, with what would be right. */
export function unitRefusal(measure: Measure, unit: string): UnitRefusal {
  const accepted = unitsOf(measure).slice(0, 6).join(', ');
  if (everyUnit.has(unit)) {
    return {
      ok: false,
      code: 'unit-mismatch',
      message: `${measure.name} cannot be given in "${shown(unit)}"; use one of ${accepted}`,
    };
  }
  const meant = Object.hasOwn(MISTAKES, unit) ? MISTAKES[unit] : undefined;
  const hint = meant === undefined ? '' : ` (did you mean "${meant}"?)`;
  return {
    ok: false,
    code: 'unit-unknown',
    message: `"${shown(unit)}" is not a UCUM unit known here${hint}; ${measure.name} is given in ${accepted}`,
  };
}

function shown(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters must not reach a log line or an answer
  const printable = text.replace(/[\u0000-\u001f\u007f-\u009f\ud800-\udfff]/g, '\ufffd');
  return printable.length > 40 ? `${printable.slice(0, 40)}…` : printable;
}
