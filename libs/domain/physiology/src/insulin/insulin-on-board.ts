import { dosesOf, type BasalSegment, type Bolus, type Dose } from './doses.js';
import { INSULIN_CURVES, remainingShare, type InsulinCurve } from './exponential-curve.js';

/** Loop sums a long dose in parts of this length, and takes a dose up to 1.05 parts as given at once. */
const PART_MS = 5 * 60_000;

export interface InsulinOnBoardOptions {
  readonly curve?: InsulinCurve;
  /** Basal rates count as their difference from this, [IU]/h; 0 (default): all of the basal insulin counts. */
  readonly scheduledUnitsPerHour?: number;
}

/** Insulin that has not acted yet at `at` (ms), [IU]; doses after `at` do not count. As in Loop. */
export function insulinOnBoard(
  boluses: readonly Bolus[],
  basal: readonly BasalSegment[],
  at: number,
  { curve = INSULIN_CURVES['rapid-acting-adult'], scheduledUnitsPerHour = 0 }: InsulinOnBoardOptions = {},
): number {
  return onBoardOf(dosesOf(boluses, basal, scheduledUnitsPerHour), at, curve);
}

/** The same from doses. */
export function onBoardOf(doses: readonly Dose[], at: number, curve: InsulinCurve): number {
  let sum = 0;
  for (const dose of doses) {
    if (at < dose.from) continue;
    sum += dose.units * sumOverParts(dose, at, curve, (share) => share);
  }
  return sum;
}

/** What doses have done to glucose by `at`, mg/dL (negative: lowered), at `sensitivity` mg/dL per [IU]. As in Loop. */
export function insulinEffect(
  doses: readonly Dose[],
  at: number,
  sensitivity: number,
  curve: InsulinCurve = INSULIN_CURVES['rapid-acting-adult'],
): number {
  let sum = 0;
  for (const dose of doses) {
    if (at < dose.from) continue;
    sum -= dose.units * sensitivity * sumOverParts(dose, at, curve, (share) => 1 - share);
  }
  return sum;
}

/** Sum over the parts given by `at`, each by its share of the dose. */
function sumOverParts({ from, until }: Dose, at: number, curve: InsulinCurve, of: (remaining: number) => number) {
  const length = until - from;
  const since = at - from;
  if (length <= 1.05 * PART_MS) return of(remainingShare(curve, since / 60_000));
  const last = Math.min(Math.floor((since + curve.delayMinutes * 60_000) / PART_MS) * PART_MS, length);
  let sum = 0;
  for (let part = 0; part <= last; part += PART_MS) {
    const share = Math.max(0, Math.min(part + PART_MS, length) - part) / length;
    sum += share * of(remainingShare(curve, (since - part) / 60_000));
  }
  return sum;
}
