import { EMPTY_TREND, observeTrend, type TrendState } from '#libs/domain/deterioration';
import type { Stay } from './sepsis2019-stays.js';

const HOUR = 3_600_000;

/** Columns of the data the trend model reads, and what its unit is in theirs: FiO2 is a fraction, the model reads %. */
const COLUMNS: ReadonlyArray<readonly [column: string, name: string, times: number]> = [
  ['HR', 'heart-rate', 1],
  ['Resp', 'respiratory-rate', 1],
  ['Temp', 'body-temperature', 1],
  ['SBP', 'systolic-pressure', 1],
  ['MAP', 'mean-pressure', 1],
  ['O2Sat', 'oxygen-saturation', 1],
  ['FiO2', 'inspired-oxygen', 100],
  ['pH', 'ph', 1],
  ['PaCO2', 'paco2', 1],
  ['BUN', 'urea-nitrogen', 1],
  ['Creatinine', 'creatinine', 1],
  ['Glucose', 'glucose', 1],
  ['Lactate', 'lactate', 1],
  ['Bilirubin_total', 'bilirubin', 1],
  ['WBC', 'white-cells', 1],
  ['Platelets', 'platelets', 1],
];

/** What the trend model knows of a stay at each row, and the time of the row in ms since admission. */
export function* trendStates(stay: Stay): Iterable<{ readonly t: number; readonly state: TrendState }> {
  let state = EMPTY_TREND;
  for (const { hour, values } of stay.rows) {
    const t = hour * HOUR;
    for (const [column, name, times] of COLUMNS) {
      const value = values.get(column);
      if (value !== undefined) state = observeTrend(state, { t, name, value: value * times });
    }
    yield { t, state };
  }
}
