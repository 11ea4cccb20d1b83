import type { ChartEntry } from './trend-state.js';

const DAY = 24 * 3_600_000;
/** A value from before this admission says nothing of how this illness moves. */
const COMPARED_WITHIN = 7 * DAY;

/** What the model reads off the chart of one measurement; all but `last` and `change` over the last 24 h. */
export interface ChartSummary {
  /** When `last` was measured, ms. */
  readonly at: number;
  readonly last: number;
  readonly highest: number;
  readonly lowest: number;
  readonly mean: number;
  /** `last` minus the median: deviation from the patient's own median. */
  readonly deviation: number;
  /** ln(last / the value charted before it, at most 7 days earlier); undefined: there is none. */
  readonly change: number | undefined;
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** The chart of one measurement as it was at `t` (ms); later entries are not seen. Undefined: nothing as young as `carry` ms. */
export function readChart(chart: readonly ChartEntry[], t: number, carry: number): ChartSummary | undefined {
  let end = chart.length;
  while (end > 0 && chart[end - 1]![0] > t) end--;
  const newest = chart[end - 1];
  if (newest === undefined || t - newest[0] > carry) return undefined;
  const [at, last] = newest;
  let from = end;
  while (from > 0 && chart[from - 1]![0] > t - DAY) from--;
  const values = from < end ? chart.slice(from, end).map(([, value]) => value) : [last];
  const before = chart[end - 2];
  return {
    at,
    last,
    highest: Math.max(...values),
    lowest: Math.min(...values),
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    deviation: last - median(values),
    change: before && at - before[0] <= COMPARED_WITHIN ? Math.log(last / before[1]) : undefined,
  };
}
