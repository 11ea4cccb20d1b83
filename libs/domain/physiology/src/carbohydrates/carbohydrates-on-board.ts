import { ABSORPTION_SHAPES, type AbsorptionShape } from './absorption.js';

export interface CarbohydrateEntry {
  /** When it was eaten, ms. */
  readonly t: number;
  readonly grams: number;
  /** How long it takes to absorb; default 180 min. */
  readonly absorptionMinutes?: number;
}

export interface CarbohydrateOptions {
  readonly shape?: AbsorptionShape;
  /** Time before absorption begins, min. */
  readonly delayMinutes?: number;
}

/** Of Loop (`CarbMath`), min. */
export const DEFAULT_ABSORPTION_MINUTES = 180;
export const DEFAULT_DELAY_MINUTES = 10;

/** Carbohydrates eaten and not absorbed yet at `at` (ms), g; entries after `at` do not count. As in Loop. */
export function carbohydratesOnBoard(
  entries: readonly CarbohydrateEntry[],
  at: number,
  options: CarbohydrateOptions = {},
): number {
  let sum = 0;
  for (const entry of entries) if (at >= entry.t) sum += entry.grams - absorbed(entry, at, options);
  return sum;
}

/** What carbohydrates have done to glucose by `at`, mg/dL, at `perGram` mg/dL per g (sensitivity over carbohydrate ratio). */
export function carbohydrateEffect(
  entries: readonly CarbohydrateEntry[],
  at: number,
  perGram: number,
  options: CarbohydrateOptions = {},
): number {
  let sum = 0;
  for (const entry of entries) sum += perGram * absorbed(entry, at, options);
  return sum;
}

function absorbed(
  { t, grams, absorptionMinutes = DEFAULT_ABSORPTION_MINUTES }: CarbohydrateEntry,
  at: number,
  { shape = ABSORPTION_SHAPES['piecewise-linear'], delayMinutes = DEFAULT_DELAY_MINUTES }: CarbohydrateOptions,
): number {
  return grams * shape.absorbedAt(((at - t) / 60_000 - delayMinutes) / absorptionMinutes);
}
