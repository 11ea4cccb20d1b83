import { INSULIN_CURVES, remainingShare } from '#libs/domain/physiology';
import type { Entry } from '../memory/entries.js';

const MINUTE = 60_000;
const HORIZON = 120;
const PAST = 30;
/** A dose recorded up to this long after the reading counts as given with it; later ones do not count. */
const PLANNED = 15 * MINUTE;

/** Share of a dose that has not acted yet by whole minutes since it was given; 0 beyond the last. */
export type Curve = Float64Array;

/** Rapid-acting insulin (exponential curve of Loop and oref0, `libs/domain/physiology`). */
export const INSULIN: Curve = Float64Array.from({ length: 372 }, (_, minute) =>
  remainingShare(INSULIN_CURVES['rapid-acting-adult'], minute),
);
/** Carbohydrates absorbed through two equal compartments (Hovorka et al., Physiol Meas 2004;25:905, eq. 5) with a time of maximum of 15 min, and of 55 min. */
export const FAST_CARBOHYDRATES: Curve = twoCompartments(15, 180);
export const SLOW_CARBOHYDRATES: Curve = twoCompartments(55, 480);

function twoCompartments(peak: number, minutes: number): Curve {
  return Float64Array.from({ length: minutes }, (_, minute) => (1 + minute / peak) * Math.exp(-minute / peak));
}

/** What doses do about one moment, in their unit (IU or g). */
export interface Action {
  /** Not acted yet at the moment. */
  readonly onBoard: number;
  /** Acted in the 30 min before. */
  readonly past: number;
  /** To act in the next 15, 30, 60 and 120 min. */
  readonly ahead: readonly [in15: number, in30: number, in60: number, in120: number];
}

export function actionOf(doses: readonly Entry[], curve: Curve, t: number): Action {
  let [onBoard, past, a15, a30, a60, a120] = [0, 0, 0, 0, 0, 0];
  for (const dose of doses) {
    if (dose.t > t + PLANNED) continue;
    const age = Math.max(0, (t - dose.t) / MINUTE);
    if (age > curve.length + PAST) continue;
    const now = shareAt(curve, age);
    onBoard += dose.x * now;
    if (dose.t <= t) past += dose.x * ((age < PAST ? 1 : shareAt(curve, age - PAST)) - now);
    a15 += dose.x * (now - shareAt(curve, age + 15));
    a30 += dose.x * (now - shareAt(curve, age + 30));
    a60 += dose.x * (now - shareAt(curve, age + 60));
    a120 += dose.x * (now - shareAt(curve, age + HORIZON));
  }
  return { onBoard, past, ahead: [a15, a30, a60, a120] };
}

function shareAt(curve: Curve, minutes: number): number {
  const low = Math.floor(minutes);
  if (low + 1 >= curve.length) return 0;
  return curve[low]! + (minutes - low) * (curve[low + 1]! - curve[low]!);
}

/** Sum of the doses of the last so many minutes, those planned for the next 15 min included. */
export function given(doses: readonly Entry[], t: number, minutes: number): number {
  let sum = 0;
  for (let i = doses.length - 1; i >= 0; i--) {
    const dose = doses[i]!;
    if (dose.t <= t - minutes * MINUTE) break;
    if (dose.t <= t + PLANNED) sum += dose.x;
  }
  return sum;
}

/** Mean of a rate that holds until the next over the last so many minutes, at most 2 h each; NaN where it is not known throughout. */
export function meanRate(rates: readonly Entry[], t: number, minutes: number): number {
  const from = t - minutes * MINUTE;
  let [until, sum] = [t, 0];
  for (let i = rates.length - 1; i >= 0; i--) {
    const rate = rates[i]!;
    if (rate.t > t) continue;
    if (until - rate.t > 2 * 60 * MINUTE) return Number.NaN;
    sum += rate.x * (until - Math.max(from, rate.t));
    until = rate.t;
    if (rate.t <= from) return sum / (minutes * MINUTE);
  }
  return Number.NaN;
}
