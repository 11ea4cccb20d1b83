import { crpsOf, type Quantiles } from '../distribution/quantiles.js';
import type { Baselines } from '../contract/forecaster.js';
import { clarkeZone, parkesZone, ZONES, type Zone } from './error-grids.js';

/** A forecast of one value with what came. All in the unit of the measure. */
export interface ScoredPair {
  readonly mean: number;
  readonly quantiles: Quantiles;
  readonly actual: number;
  readonly baselines: Baselines;
}

/** Middle intervals whose coverage is reported, by the quantiles that bound them. */
export const INTERVALS = {
  '0.5': { from: '0.25', to: '0.75' },
  '0.8': { from: '0.1', to: '0.9' },
  '0.95': { from: '0.025', to: '0.975' },
} as const;
export type Interval = keyof typeof INTERVALS;
export const INTERVAL_NAMES = ['0.5', '0.8', '0.95'] as const satisfies readonly Interval[];

export type ZoneCounts = Readonly<Record<Zone, number>>;

/** Sums over pairs, from which all scores follow. Sums of parts add up to those of the whole; plain JSON of fixed size. */
export interface ScoreSums {
  readonly n: number;
  readonly error: number;
  readonly absolute: number;
  readonly squared: number;
  readonly crps: number;
  readonly inside: Readonly<Record<Interval, number>>;
  /** Squared errors of the baselines on the same pairs. */
  readonly baselines: Readonly<Record<keyof Baselines, number>>;
  readonly clarke: ZoneCounts;
  readonly parkes: ZoneCounts;
}

/** Scores of n pairs. Every figure but n is null where n is 0; a skill is null where its baseline has no error at all. */
export interface Scores {
  readonly n: number;
  readonly rmse: number | null;
  readonly mae: number | null;
  /** Mean of forecast − actual. */
  readonly bias: number | null;
  readonly crps: number | null;
  /** Shares of pairs whose actual value is within the interval, bounds included. */
  readonly coverage: Readonly<Record<Interval, number>> | null;
  /** 1 − RMSE / RMSE of the baseline. */
  readonly skill: Readonly<Record<keyof Baselines, number | null>> | null;
}

/** Whether the actual value is within the middle interval, bounds included. */
export function isInside(quantiles: Quantiles, interval: Interval, actual: number): boolean {
  const { from, to } = INTERVALS[interval];
  return actual >= quantiles[from] && actual <= quantiles[to];
}

/** Sums of pairs. Zones of the error grids are of glucose in mg/dL; for other measures they say nothing. */
export function scoreSums(pairs: Iterable<ScoredPair>): ScoreSums {
  let [n, error, absolute, squared, crps, persistence, populationMean] = [0, 0, 0, 0, 0, 0, 0];
  const inside = { '0.5': 0, '0.8': 0, '0.95': 0 };
  const clarke = noZones();
  const parkes = noZones();
  for (const { mean, quantiles, actual, baselines } of pairs) {
    const off = mean - actual;
    n++;
    error += off;
    absolute += Math.abs(off);
    squared += off * off;
    crps += crpsOf(quantiles, actual);
    for (const interval of INTERVAL_NAMES) if (isInside(quantiles, interval, actual)) inside[interval]++;
    persistence += (baselines.persistence - actual) ** 2;
    populationMean += (baselines['population-mean'] - actual) ** 2;
    clarke[clarkeZone(actual, mean)]++;
    parkes[parkesZone(actual, mean)]++;
  }
  const squares = { persistence, 'population-mean': populationMean };
  return { n, error, absolute, squared, crps, inside, baselines: squares, clarke, parkes };
}

/** The sums of two groups of pairs together. */
export function mergedSums(a: ScoreSums, b: ScoreSums): ScoreSums {
  return {
    n: a.n + b.n,
    error: a.error + b.error,
    absolute: a.absolute + b.absolute,
    squared: a.squared + b.squared,
    crps: a.crps + b.crps,
    inside: added(INTERVAL_NAMES, a.inside, b.inside),
    baselines: added(['persistence', 'population-mean'], a.baselines, b.baselines),
    clarke: added(ZONES, a.clarke, b.clarke),
    parkes: added(ZONES, a.parkes, b.parkes),
  };
}

export function scoresOf(sums: ScoreSums): Scores {
  const { n } = sums;
  if (n === 0) return { n, rmse: null, mae: null, bias: null, crps: null, coverage: null, skill: null };
  const { inside, baselines } = sums;
  const skill = (squares: number): number | null => (squares === 0 ? null : 1 - Math.sqrt(sums.squared / squares));
  return {
    n,
    rmse: Math.sqrt(sums.squared / n),
    mae: sums.absolute / n,
    bias: sums.error / n,
    crps: sums.crps / n,
    coverage: { '0.5': inside['0.5'] / n, '0.8': inside['0.8'] / n, '0.95': inside['0.95'] / n },
    skill: { persistence: skill(baselines.persistence), 'population-mean': skill(baselines['population-mean']) },
  };
}

function noZones(): Record<Zone, number> {
  return { A: 0, B: 0, C: 0, D: 0, E: 0 };
}

function added<Name extends string>(
  names: readonly Name[],
  a: Readonly<Record<Name, number>>,
  b: Readonly<Record<Name, number>>,
): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name) => [name, a[name] + b[name]])) as Record<Name, number>;
}
