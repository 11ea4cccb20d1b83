import { quantilesOf, type Quantiles } from '#libs/domain/forecasting';
import type { Paths, SimulatedArm } from '../run/scenario-model.js';

export interface PathPoint {
  readonly minutes: number;
  readonly mean: number;
  readonly quantiles: Quantiles;
}

/** Mean and quantiles of the draws at each step. */
export function pointsOf({ minutes, paths }: SimulatedArm): readonly PathPoint[] {
  return minutes.map((minute, i) => {
    const values = sortedAt(paths, i);
    return {
      minutes: minute,
      mean: rounded(meanOf(values)),
      quantiles: quantilesOf((p) => rounded(quantileOf(values, p))),
    };
  });
}

/** Values of all paths at a step, ascending. */
export function sortedAt(paths: Paths, step: number): Float64Array {
  const values = new Float64Array(paths.length);
  for (let draw = 0; draw < paths.length; draw += 1) values[draw] = paths[draw]![step]!;
  return values.sort();
}

export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i]!;
  return sum / values.length;
}

/** Sample quantile, type 7 of Hyndman and Fan (Am Stat 1996;50:361). `sorted` ascending, not empty. */
export function quantileOf(sorted: ArrayLike<number>, p: number): number {
  const at = p * (sorted.length - 1);
  const low = Math.floor(at);
  const below = sorted[low]!;
  const above = sorted[Math.min(low + 1, sorted.length - 1)]!;
  return below + (at - low) * (above - below);
}

/** To 0.01: less is below what any sensor tells apart. −0 becomes 0. */
export function rounded(x: number): number {
  return Math.round(x * 100) / 100 + 0;
}

/** A share, to 0.0001. */
export function share(x: number): number {
  return Math.round(x * 10_000) / 10_000 + 0;
}
