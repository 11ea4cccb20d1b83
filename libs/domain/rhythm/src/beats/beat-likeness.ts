/** How a form differs from the patient's usual one: QRS, ST and T, and P at the best shift. */
import { FORM_BEAT, FORM_RATE, QRS_FROM, QRS_TO } from './beat-forms.js';
import { sameness } from './beat-templates.js';

/** What is measured on a form alone. */
export interface Shape {
  /** Root of signal over slope energy, s: the slower the waves of the QRS, the longer. */
  readonly period: number;
  /** Standard deviation in time of the slope energy, s: the wider the QRS, the longer. */
  readonly spread: number;
  /** Steepest slope, mV per sample, and root of the energy, mV. */
  readonly slope: number;
  readonly size: number;
}

export interface Likeness {
  readonly same: number;
  /** Correlations over the QRS, over P to T, and over the P wave. */
  readonly qrs: number;
  readonly whole: number;
  readonly p: number;
  /** Distance over ST and T, over the size of the usual QRS. */
  readonly t: number;
  readonly period: number;
  readonly spread: number;
  /** Spread and slope over those of the usual beat, 0.1..10. */
  readonly spreadRatio: number;
  readonly slopeRatio: number;
}

/** From and to in a form: 0.25 s before to 0.48 s after, 0.23 s to 0.08 s before, 0.18 s to 0.42 s after. */
const WHOLE = [12, 100] as const;
const P_WAVE = [FORM_BEAT - 28, FORM_BEAT - 10] as const;
const ST_T = [FORM_BEAT + 22, FORM_BEAT + 50] as const;

export function shapeOf(form: Float64Array, shift = 0): Shape {
  let [xx, dd, td, ttd, slope] = [0, 0, 0, 0, 0];
  for (let i = QRS_FROM; i < QRS_TO; i++) {
    const x = form[i + shift]!;
    const d = (form[i + shift + 1]! - form[i + shift - 1]!) / 2;
    xx += x * x;
    dd += d * d;
    td += i * d * d;
    ttd += i * i * d * d;
    slope = Math.max(slope, Math.abs(d));
  }
  const energy = dd || 1;
  return {
    period: Math.sqrt(xx / energy) / FORM_RATE,
    spread: Math.sqrt(Math.max(0, ttd / energy - (td / energy) ** 2)) / FORM_RATE,
    slope,
    size: Math.sqrt(xx),
  };
}

export function likeness(form: Float64Array, usual: Float64Array, usualShape: Shape): Likeness {
  const { same, shift } = sameness(form, usual);
  const { period, spread, slope } = shapeOf(form, shift);
  return {
    same,
    qrs: along(form, usual, shift, [QRS_FROM, QRS_TO]).correlation,
    whole: along(form, usual, shift, WHOLE).correlation,
    p: along(form, usual, shift, P_WAVE).correlation,
    t: along(form, usual, shift, ST_T).distance / (usualShape.size || 1),
    period,
    spread,
    spreadRatio: ratio(spread, usualShape.spread),
    slopeRatio: ratio(slope, usualShape.slope),
  };
}

/** Correlation and distance over a stretch, each mean subtracted. */
function along(form: Float64Array, usual: Float64Array, shift: number, [from, to]: readonly [number, number]) {
  let [mx, mu] = [0, 0];
  for (let i = from; i < to; i++) {
    mx += form[i + shift]! / (to - from);
    mu += usual[i]! / (to - from);
  }
  let [xu, xx, uu] = [0, 0, 0];
  for (let i = from; i < to; i++) {
    const x = form[i + shift]! - mx;
    const u = usual[i]! - mu;
    xu += x * u;
    xx += x * x;
    uu += u * u;
  }
  return {
    correlation: xx > 0 && uu > 0 ? xu / Math.sqrt(xx * uu) : 0,
    distance: Math.sqrt(Math.max(0, xx + uu - 2 * xu)),
  };
}

function ratio(a: number, b: number): number {
  return b > 0 ? Math.min(10, Math.max(0.1, a / b)) : 1;
}
