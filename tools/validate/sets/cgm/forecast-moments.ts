import { GLUCOSE_FORECAST, type Memory } from '#libs/domain/glucose-forecast';
import type { DiabetesFile, DiabetesRow } from './diabetes-files.js';

const MINUTE = 60_000;
/** Steps of 5 min that have to stand before a forecast. */
const STEPS = 24;

/** A row at which a forecast is asked for. */
export interface Moment {
  readonly row: DiabetesRow;
  /** All of the file up to this row, and nothing later. */
  readonly memory: Memory;
}

/**
 * A file through the forecaster's memory, row by row, as data stream in; stops at each reading of the sensor with 24 steps of exactly 5 min before it in one
 * sequence. Values between two readings are doubtful; they stand between readings that are known by then. `knowsBasal`: the column is whole enough to be used.
 */
export function* momentsOf(file: DiabetesFile, { knowsBasal }: { readonly knowsBasal: boolean }): Iterable<Moment> {
  let memory: unknown = null;
  let steps = 0;
  let before: DiabetesRow | undefined;
  for (const [i, row] of file.rows.entries()) {
    const put = (code: number, x: number, quality: 0 | 1 = 0): void => {
      if (Number.isNaN(x)) return;
      const change = { identity: `${i}-${code}`, code, t: row.t, x, quality, source: file.record, isWithdrawn: false };
      memory = GLUCOSE_FORECAST.take(memory, change);
    };
    if (row.bolus > 0) put(18, row.bolus);
    if (row.carbohydrates > 0) put(20, row.carbohydrates);
    if (knowsBasal) put(19, row.basal);
    const isReading = row.kind === 'EGV';
    if ((!isReading && row.kind !== 'Interpolated') || Number.isNaN(row.glucose)) continue;
    put(9, row.glucose, isReading ? 0 : 1);
    const isStep = before !== undefined && row.sequence === before.sequence && row.t - before.t === 5 * MINUTE;
    steps = isStep ? steps + 1 : 0;
    before = row;
    if (isReading && steps >= STEPS) yield { row, memory: memory as Memory };
  }
}
