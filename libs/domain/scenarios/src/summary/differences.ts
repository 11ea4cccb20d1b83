import type { SimulatedArm } from '../run/scenario-model.js';
import { meanOf, quantileOf, rounded, share, sortedAt } from './path-points.js';
import type { Summary } from './summarise.js';

export interface Difference {
  readonly arm: string;
  readonly against: string;
  readonly points: readonly {
    readonly minutes: number;
    readonly mean: number;
    readonly interval95: readonly [number, number];
  }[];
  readonly summary: {
    readonly mean: number;
    readonly interval95: readonly [number, number];
    readonly minimum: number;
    readonly maximum: number;
    readonly shareBelow54: number;
    readonly shareBelow70: number;
    readonly shareAbove180: number;
  };
}

interface Arm extends SimulatedArm {
  readonly name: string;
  readonly summary: Summary;
}

/**
 * Arm − against, draw by draw: each draw is the same possible person in both arms (common random numbers), so that what is unknown of the person and
 * the same in both does not widen the interval.
 */
export function differenceOf(arm: Arm, against: Arm): Difference {
  const paths = arm.paths.map((path, draw) => {
    const other = against.paths[draw]!;
    return Float64Array.from(path, (x, i) => x - other[i]!);
  });
  const points = arm.minutes.map((minutes, i) => {
    const values = sortedAt(paths, i);
    return { minutes, mean: rounded(meanOf(values)), interval95: interval95Of(values) };
  });
  const means = Float64Array.from(paths, meanOf).sort();
  return {
    arm: arm.name,
    against: against.name,
    points,
    summary: {
      mean: rounded(meanOf(means)),
      interval95: interval95Of(means),
      minimum: rounded(arm.summary.minimum - against.summary.minimum),
      maximum: rounded(arm.summary.maximum - against.summary.maximum),
      shareBelow54: share(arm.summary.shareBelow54 - against.summary.shareBelow54),
      shareBelow70: share(arm.summary.shareBelow70 - against.summary.shareBelow70),
      shareAbove180: share(arm.summary.shareAbove180 - against.summary.shareAbove180),
    },
  };
}

function interval95Of(sorted: ArrayLike<number>): readonly [number, number] {
  return [rounded(quantileOf(sorted, 0.025)), rounded(quantileOf(sorted, 0.975))];
}
