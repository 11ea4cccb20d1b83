import type { ResidualTable } from '#libs/domain/forecasting';
import type { Person } from '../person/person.js';
import { sumOf, type Trees } from './trees.js';

/** Horizons, minutes. */
export const MINUTES = [15, 30, 45, 60, 90, 120] as const;
export const HORIZONS = MINUTES.length;
/**
 * Part of the movement of the mean of a person's bands that joins the forecast: chosen of 0, 0.5 and 1 on the rows marked val, where it moves the error of the mean of people by at most
 * 1 %; all else is fitted elsewhere.
 */
export const KEPT_SHIFT = 0.5;
/** Spread of glucose by which own spreads are divided, mg/dL. */
const SPREAD = 50;

/** One fitted model: data, with where they come from. */
export interface Weights {
  readonly version: string;
  readonly provenance: string;
  /** Least squares on the features, by horizon: the change in own spreads. A feature that is unknown counts as its mean. */
  readonly linear: {
    readonly means: readonly number[];
    readonly horizons: readonly { readonly intercept: number; readonly weights: readonly number[] }[];
  };
  /** What trees add to it: those of some successive horizons, from the horizon `first` on. */
  readonly trees: readonly { readonly first: number; readonly trees: Trees }[];
  /** Logarithm of the scale, mg/dL. */
  readonly dispersion: Trees;
  /** Mean of that logarithm by horizon. */
  readonly dispersionBase: readonly number[];
  /** Quantiles of residual / scale by horizon, of people the model was not fitted on. */
  readonly residuals: readonly ResidualTable[];
  /** Centre and width of what the person's own correction is made of. */
  readonly correction: {
    readonly features: readonly number[];
    readonly means: readonly number[];
    readonly widths: readonly number[];
    readonly penalty: number;
  };
}

/** Locations by horizon before the person's own correction, mg/dL. `values`: as `featuresOf` gives them. */
export function populationLocations(weights: Weights, values: Float64Array, person: Person): Float64Array {
  const locations = sumOfParts(weights, values);
  const own = Math.sqrt(person.variance) / SPREAD;
  for (let h = 0; h < HORIZONS; h++) locations[h] = values[0]! + own * locations[h]!;
  return locations;
}

function sumOfParts({ linear, trees }: Weights, values: Float64Array): Float64Array {
  const sums = new Float64Array(HORIZONS);
  for (const group of trees) sums.set(sumOf(group.trees, values), group.first);
  const centred = linear.means.map((mean, i) => (Number.isNaN(values[i]!) ? 0 : values[i]! - mean));
  for (let h = 0; h < HORIZONS; h++) {
    const { intercept, weights } = linear.horizons[h]!;
    let sum = intercept;
    for (let i = 0; i < weights.length; i++) sum += weights[i]! * centred[i]!;
    sums[h]! += sum;
  }
  return sums;
}

/** Scales of the residual by horizon, mg/dL. */
export function scalesOf(weights: Weights, values: Float64Array): Float64Array {
  const logs = sumOf(weights.dispersion, values);
  for (let h = 0; h < HORIZONS; h++) logs[h] = Math.exp(weights.dispersionBase[h]! + logs[h]!);
  return logs;
}
