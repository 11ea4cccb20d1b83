import { featuresOf, withReading, type History } from '#libs/domain/glucose';
import type { SensorFile } from '../../validate/sets/cgm/cgm-loop-files.js';
import { fitLogistic, type LogisticFit } from '../methods/penalised-logistic.js';

/** Strength of the pull towards zero, over all rows together. */
const PULL = 5;

/** Features of each reading, in order; undefined where there is too little history. */
export function featureRows({ readings }: Pick<SensorFile, 'readings'>): readonly (readonly number[] | undefined)[] {
  let history: History = [];
  return readings.map(({ t, mgdl }) => {
    history = withReading(history, t, mgdl);
    return featuresOf(history)?.map(([, value]) => value);
  });
}

/** Whether what is to be predicted follows the reading `i` of a file. */
export type Follows = (i: number) => boolean;

/**
 * A forecast fitted on the rows that are not marked `val`: readings for which `isDown` does not hold yet. `followsIn` is given a file without
 * the rows marked so.
 */
export function fitForecast(
  files: readonly SensorFile[],
  isDown: (mgdl: number) => boolean,
  followsIn: (known: SensorFile) => Follows,
): LogisticFit {
  const rows: (readonly number[])[] = [];
  const truth: number[] = [];
  for (const file of files) {
    const known = { ...file, readings: file.readings.filter(({ t }) => !(t >= file.heldApartFrom)) };
    const follows = followsIn(known);
    for (const [i, features] of featureRows(known).entries()) {
      if (features === undefined || isDown(known.readings[i]!.mgdl)) continue;
      rows.push(features);
      truth.push(Number(follows(i)));
    }
  }
  const columns = rows[0]!.map((_, j) => Float64Array.from(rows, (row) => row[j]!));
  return fitLogistic({
    columns,
    truth: Uint8Array.from(truth),
    rows: Int32Array.from(rows.keys()),
    least: columns.map(() => Number.NEGATIVE_INFINITY),
    pull: PULL / rows.length,
  });
}

export function probability({ intercept, weights }: LogisticFit, features: readonly number[]): number {
  return 1 / (1 + Math.exp(-weights.reduce((sum, weight, j) => sum + weight * features[j]!, intercept)));
}
