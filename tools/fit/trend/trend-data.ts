import { TREND_TERMS, trendSteps } from '#libs/domain/deterioration';
import { readLabels, readStays, type Stay } from '../../validate/sets/sepsis/sepsis2019-stays.js';
import { trendStates } from '../../validate/sets/sepsis/sepsis2019-trend.js';

/** Rows this many hours before the first label count as true when fitting (not when scoring): few stays are septic. */
const WIDENED_HOURS = 24;

export interface TrendData {
  readonly stays: readonly Stay[];
  /** Per row: number of its stay, hour, label, and the label widened for fitting. */
  readonly stayOf: Int32Array;
  readonly hour: Float64Array;
  readonly label: readonly boolean[];
  readonly widened: Uint8Array;
  /** Per stay. */
  readonly septic: readonly boolean[];
  /** Columns: whether each telling measurement is known, then steps of each term (NaN: unknown). */
  readonly columns: readonly Float64Array[];
}

export function readTrendData(folder: string): TrendData {
  const labels = readLabels(folder);
  const stays = readStays(folder).filter(({ record }) => labels.has(record));
  const rows = stays.flatMap((stay, number) => {
    const said = labels.get(stay.record)!;
    const first = stay.rows[said.indexOf(true)]?.hour ?? Number.POSITIVE_INFINITY;
    return [...trendStates(stay)].map(({ t, state }, i) => {
      const hour = stay.rows[i]!.hour;
      const { known, steps } = trendSteps(state, t);
      const features = [...known.map(Number), ...steps.map((value) => value ?? Number.NaN)];
      return { number, hour, label: said[i]!, widened: hour >= first - WIDENED_HOURS ? 1 : 0, features };
    });
  });
  const width = rows[0]?.features.length ?? TREND_TERMS.length;
  return {
    stays,
    stayOf: Int32Array.from(rows, ({ number }) => number),
    hour: Float64Array.from(rows, ({ hour }) => hour),
    label: rows.map(({ label }) => label),
    widened: Uint8Array.from(rows, ({ widened }) => widened),
    septic: stays.map(({ record }) => labels.get(record)!.includes(true)),
    columns: Array.from({ length: width }, (_, j) => Float64Array.from(rows, ({ features }) => features[j]!)),
  };
}
