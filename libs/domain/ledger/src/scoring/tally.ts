import {
  INTERVAL_NAMES,
  mergedSums,
  scoreSums,
  ZONES,
  type ScoredPair,
  type ScoreSums,
  type ZoneCounts,
} from '#libs/domain/forecasting';
import { ByteReader } from '../bytes/byte-reader.js';
import { ByteWriter } from '../bytes/byte-writer.js';
import type { ScoredForecast } from '../packed/packed-block.js';

/** What forecasts of one horizon came to. */
export interface HorizonTally {
  readonly minutes: number;
  /** Points without a measurement to be scored with; those that are not due yet are not counted. */
  readonly unscored: number;
  readonly sums: ScoreSums;
}

/** By horizon, ascending. Tallies of parts add up to that of the whole. */
export type Tally = readonly HorizonTally[];

/** The tally of these forecasts, as they were issued. */
export function tallyOf(forecasts: readonly ScoredForecast[]): Tally {
  const horizons = new Map<number, { unscored: number; pairs: ScoredPair[] }>();
  for (const { forecast, truths } of forecasts) {
    forecast.points.forEach((point, i) => {
      const truth = truths[i]!;
      if ('unscored' in truth && truth.unscored === 'pending') return;
      const horizon = horizons.get(point.minutes) ?? { unscored: 0, pairs: [] };
      horizons.set(point.minutes, horizon);
      if ('unscored' in truth) horizon.unscored++;
      else horizon.pairs.push({ ...point, actual: truth.x });
    });
  }
  return [...horizons]
    .map(([minutes, { unscored, pairs }]) => ({ minutes, unscored, sums: scoreSums(pairs) }))
    .sort((a, b) => a.minutes - b.minutes);
}

export function mergedTallies(tallies: Iterable<Tally>): Tally {
  const horizons = new Map<number, HorizonTally>();
  for (const tally of tallies) {
    for (const one of tally) {
      const before = horizons.get(one.minutes);
      horizons.set(
        one.minutes,
        before === undefined
          ? one
          : {
              minutes: one.minutes,
              unscored: before.unscored + one.unscored,
              sums: mergedSums(before.sums, one.sums),
            },
      );
    }
  }
  return [...horizons.values()].sort((a, b) => a.minutes - b.minutes);
}

/** About 30 bytes a horizon; sums in single precision, which is enough for scores of thousands of blocks. */
export function packTally(tally: Tally): Uint8Array {
  const out = new ByteWriter();
  for (const { minutes, unscored, sums } of tally) {
    out.count(minutes);
    out.count(unscored);
    out.count(sums.n);
    for (const value of [sums.error, sums.absolute, sums.squared, sums.crps]) out.real(value);
    out.real(sums.baselines.persistence);
    out.real(sums.baselines['population-mean']);
    for (const interval of INTERVAL_NAMES) out.count(sums.inside[interval]);
    for (const zones of [sums.clarke, sums.parkes]) for (const zone of ZONES) out.count(zones[zone]);
  }
  return out.done();
}

export function unpackTally(packed: Uint8Array): Tally {
  const bytes = new ByteReader(packed);
  const tally: HorizonTally[] = [];
  while (!bytes.isAtEnd) {
    const minutes = bytes.count();
    const unscored = bytes.count();
    const n = bytes.count();
    const [error, absolute, squared, crps] = [bytes.real(), bytes.real(), bytes.real(), bytes.real()];
    const baselines = { persistence: bytes.real(), 'population-mean': bytes.real() };
    const inside = { '0.5': bytes.count(), '0.8': bytes.count(), '0.95': bytes.count() };
    const zones = (): ZoneCounts => Object.fromEntries(ZONES.map((zone) => [zone, bytes.count()])) as ZoneCounts;
    const sums = { n, error, absolute, squared, crps, inside, baselines, clarke: zones(), parkes: zones() };
    tally.push({ minutes, unscored, sums });
  }
  return tally;
}
