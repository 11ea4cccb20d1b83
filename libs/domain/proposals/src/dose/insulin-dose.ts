import type { TherapySettings } from '../therapy/therapy.js';
import { judged, type Judged } from '../rails/check.js';

/** Smallest step of a dose, [IU]; pumps give 0.05. */
export const DOSE_STEP = 0.05;

export interface DoseCase {
  readonly therapy: TherapySettings;
  /** mg/dL */
  readonly glucose: number;
  /** mg/dL */
  readonly target: number;
  /** g about to be eaten. */
  readonly carbohydrates: number;
  /** [IU] */
  readonly insulinOnBoard: number;
  /** [IU] of the last 24 hours. */
  readonly insulinOfDay: number;
}

/** The formula of bolus calculators, [IU], not below 0: carbohydrates / ratio + (glucose − target) / factor − insulin on board. */
export function calculatedDose(one: DoseCase): number {
  const { therapy, glucose, target, carbohydrates, insulinOnBoard } = one;
  const needed = carbohydrates / therapy.carbRatio + (glucose - target) / therapy.correctionFactor - insulinOnBoard;
  return Math.max(0, needed);
}

/** The most that the limits of the therapy allow of a dose, rounded down to a step. */
export function limitedDose(dose: number, { therapy, insulinOnBoard, insulinOfDay }: DoseCase): number {
  const { maximumBolus, maximumInsulinOnBoard, dailyMaximum } = therapy;
  return roundedDown(
    Math.max(0, Math.min(dose, maximumBolus, maximumInsulinOnBoard - insulinOnBoard, dailyMaximum - insulinOfDay)),
  );
}

/** Never up: what is rounded away is less than a step. */
export function roundedDown(dose: number): number {
  const steps = Math.floor(dose / DOSE_STEP);
  const value = Number((steps * DOSE_STEP).toFixed(2));
  return value > dose ? Number(((steps - 1) * DOSE_STEP).toFixed(2)) : value;
}

/** Whether a dose keeps to the limits of the therapy. */
export function judgeLimits(dose: number, { therapy, insulinOnBoard, insulinOfDay }: DoseCase): readonly Judged[] {
  const rail = (
    name: 'insulin-on-board' | 'maximum-bolus' | 'daily-maximum',
    value: number,
    limit: number,
    what: string,
  ): Judged =>
    judged(
      { rail: name, held: value <= limit + 1e-9, value: Math.round(value * 100) / 100, limit, unit: '[IU]' },
      `${what} of ${Math.round(value * 100) / 100} [IU] would be above ${limit} [IU].`,
    );
  return [
    rail('insulin-on-board', insulinOnBoard + dose, therapy.maximumInsulinOnBoard, 'insulin on board'),
    rail('maximum-bolus', dose, therapy.maximumBolus, 'a bolus'),
    rail('daily-maximum', insulinOfDay + dose, therapy.dailyMaximum, 'insulin of 24 hours'),
  ];
}

/**
 * The largest dose up to `dose`, in steps, that `isSafe`; null: not even none is. Where more insulin lowers glucose, what is above an unsafe dose is
 * unsafe, so that halving finds it in few simulations.
 */
export function largestSafe(dose: number, isSafe: (dose: number) => boolean): number | null {
  if (isSafe(dose)) return dose;
  if (dose === 0 || !isSafe(0)) return null;
  let [low, high] = [0, Math.round(dose / DOSE_STEP)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isSafe(Number((middle * DOSE_STEP).toFixed(2)))) low = middle;
    else high = middle;
  }
  return Number((low * DOSE_STEP).toFixed(2));
}
