/** How irregular a short series of intervals is, in measures that a missed or an extra beat moves little. */
import { deviation, mean, quantile, share } from '../signal/statistics.js';

type Runs = ReadonlyArray<readonly number[]>;

/**
 * Features of `runs`, stretches of intervals in seconds without a doubtful beat in between. Distances are over the median interval, so that
 * rate plays no part. NaN where there are too few.
 */
export function irregularity(runs: Runs): readonly number[] {
  const all = runs.flat();
  const middle = quantile(all, 0.5);
  const steps = runs.flatMap((run) => run.slice(1).map((each, i) => each - run[i]!));
  const sizes = steps.map((each) => Math.abs(each) / middle);
  return [
    middle,
    quantile(all, 0.1) / middle,
    quantile(all, 0.9) / middle,
    deviation(all) / mean(all),
    ...[0.25, 0.5, 0.8].map((p) => quantile(sizes, p)),
    ...[0.05, 0.1, 0.15].map((limit) => share(sizes, (each) => each < limit)),
    share(steps, (each) => each < -0.15 * middle),
    sampleEntropy(runs),
    ...lorenz(runs, middle),
    ...neighbours(runs, middle),
    ...clusters(all, middle),
    ...evened(runs, middle),
    ...order(runs, all),
  ];
}

/** Coefficient of sample entropy (Lake and Moorman 2011), templates of one interval; the tolerance grows until five pairs match. */
function sampleEntropy(runs: Runs): number {
  const pairs = runs.flatMap((run) => run.slice(1).map((each, i) => [run[i]!, each] as const));
  let tolerance = 0.03;
  let [matches, candidates] = [0, 0];
  for (let attempt = 0; attempt < 12 && matches < 5; attempt++) {
    if (attempt > 0) tolerance *= 1.35;
    [matches, candidates] = [0, 0];
    for (const [i, [a, b]] of pairs.entries())
      for (const [c, d] of pairs.slice(i + 1)) {
        if (Math.abs(a - c) >= tolerance) continue;
        candidates++;
        if (Math.abs(b - d) < tolerance) matches++;
      }
  }
  if (matches === 0) return Number.NaN;
  return -Math.log(matches / candidates) + Math.log(2 * tolerance) - Math.log(mean(runs.flat()));
}

/** Plot of each step over the one before, after Sarkar et al. 2008: spread, share near the origin, early beats, and evidence of fibrillation. */
function lorenz(runs: Runs, middle: number): readonly number[] {
  const points = runs.flatMap((run) =>
    run.slice(2).map((each, i) => [(each - run[i + 1]!) / middle, (run[i + 1]! - run[i]!) / middle] as const),
  );
  const away = points.filter(([a, b]) => Math.abs(a) >= 0.08 || Math.abs(b) >= 0.08);
  const cells = new Set(away.map(([a, b]) => `${Math.round(a / 0.04)} ${Math.round(b / 0.04)}`));
  const early = away.filter(([a, b]) => Math.min(Math.abs(a), Math.abs(b)) > 0.15 && a * b < 0).length;
  const [spread, origin, pairs] = [cells.size, points.length - away.length, early].map((n) => n / points.length);
  const map = runs.flatMap((run) =>
    run
      .slice(1)
      .map((each, i) => `${Math.round(each / middle / 0.05)} ${Math.round((each - run[i]!) / middle / 0.05)}`),
  );
  return [spread!, origin!, pairs!, spread! - origin! - 2 * pairs!, new Set(map).size / map.length];
}

/** Distance to the nearer of both neighbours, and to the nearest of the three before: a single early beat has a near one. */
function neighbours(runs: Runs, middle: number): readonly number[] {
  const nearer = runs.flatMap((run) =>
    run.slice(1, -1).map((each, i) => Math.min(Math.abs(each - run[i]!), Math.abs(each - run[i + 2]!)) / middle),
  );
  const nearest = runs.flatMap((run) =>
    run.slice(3).map((each, i) => Math.min(...[0, 1, 2].map((k) => Math.abs(each - run[i + k]!))) / middle),
  );
  return [
    quantile(nearer, 0.5),
    quantile(nearer, 0.8),
    mean(nearer),
    mean(nearest),
    share(nearest, (each) => each < 0.04),
  ];
}

/** Whether intervals come in groups of like length, wherever they are: distances to the third nearest, pairs, and the histogram. */
function clusters(all: readonly number[], middle: number): readonly number[] {
  const third = all.map((each) => {
    const distances = all.map((other) => Math.abs(other - each)).toSorted((a, b) => a - b);
    return distances[Math.min(3, distances.length - 1)]! / middle;
  });
  let [pairs, like] = [0, 0];
  const counts = new Map<number, number>();
  for (const [i, each] of all.entries()) {
    const cell = Math.round(each / middle / 0.06);
    counts.set(cell, (counts.get(cell) ?? 0) + 1);
    pairs += all.length - 1 - i;
    for (const other of all.slice(i + 1)) if (Math.abs(each - other) < 0.04 * middle) like++;
  }
  const shares = [...counts.values()].map((count) => count / all.length);
  const entropy = -shares.reduce((sum, each) => sum + each * Math.log(each), 0);
  return [
    mean(third),
    quantile(third, 0.5),
    quantile(third, 0.8),
    like / pairs,
    entropy / Math.log(Math.max(2, all.length)),
    Math.max(0, ...shares),
  ];
}

/** What is left after a median of three has taken single early and missed beats out. */
function evened(runs: Runs, middle: number): readonly number[] {
  const even = runs.flatMap((run) => run.slice(1, -1).map((each, i) => quantile([run[i]!, each, run[i + 2]!], 0.5)));
  const steps = even.slice(1).map((each, i) => Math.abs(each - even[i]!) / middle);
  return [deviation(even) / middle, quantile(steps, 0.6), mean(steps)];
}

/** Autocorrelation at one and two intervals (early beats by turns), and the share of turning points. */
function order(runs: Runs, all: readonly number[]): readonly number[] {
  const [middle, variance] = [mean(all), deviation(all) ** 2];
  const along = [1, 2].map((lag) =>
    mean(runs.flatMap((run) => run.slice(lag).map((each, i) => ((each - middle) * (run[i]! - middle)) / variance))),
  );
  const turns = runs.flatMap((run) =>
    run.slice(2).map((each, i) => Number((run[i + 1]! - run[i]!) * (each - run[i + 1]!) < 0)),
  );
  return [...along, mean(turns)];
}
