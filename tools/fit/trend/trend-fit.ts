import { TELLING_WHEN_KNOWN, TREND_TERMS, type TrendModel } from '#libs/domain/deterioration';
import { fitLogistic } from '../methods/penalised-logistic.js';
import type { TrendData } from './trend-data.js';

/** Strength of the pull; between 0.01 and 0.1 the cross-validated figure moves by less than 0.01. */
const PULL = 0.03;

/**
 * Least weight of a textbook sign (the last value of SIRS, NEWS2 and SOFA), per standard deviation. So a sign that 42 septic stays
 * do not show (a fast pulse, a high lactate) keeps a say. It costs a little here and guards against chance.
 */
const TEXTBOOK = 0.03;

const KNOWN = [...TELLING_WHEN_KNOWN];

function leastOf(place: number): number {
  const term = TREND_TERMS[place - KNOWN.length];
  if (!term || term.part !== 'last' || term.variable === 'glucose') return 0;
  return term.variable === 'ph' && term.side === 'above' ? 0 : TEXTBOOK;
}

export type FittedTrend = Pick<TrendModel, 'intercept' | 'known' | 'terms'>;

/** Weights fitted on some of the rows; `extra` columns (not in the model, for comparison) get weights after the terms. */
export function fitTrend(data: TrendData, rows: Int32Array, extra: readonly Float64Array[] = []): FittedTrend {
  const raw = [...data.columns, ...extra];
  const averages = raw.map((column, j) => (j < KNOWN.length ? 0 : meanOf(column, rows)));
  const filled = raw.map((column, j) => column.map((value) => (Number.isNaN(value) ? 0 : value - averages[j]!)));
  const spreads = filled.map((column) => spreadOf(column, rows));
  const { intercept, weights } = fitLogistic({
    columns: filled.map((column, j) => column.map((value) => value / spreads[j]!)),
    truth: data.widened,
    rows,
    least: raw.map((_, j) => leastOf(j)),
    pull: PULL,
  });
  const scaled = weights.map((weight, j) => weight / spreads[j]!);
  return {
    intercept,
    known: Object.fromEntries(KNOWN.map((name, j) => [name, scaled[j]!])),
    terms: scaled.slice(KNOWN.length).map((weight, j) => [weight, averages[j + KNOWN.length]!] as const),
  };
}

/** Score of one row. `hidden`: measurements taken away. */
export function scoreRow(
  data: TrendData,
  model: FittedTrend,
  row: number,
  extra: readonly Float64Array[] = [],
  hidden: (variable: string) => boolean = () => false,
): number {
  let score = model.intercept;
  KNOWN.forEach((name, j) => {
    if (!hidden(name)) score += (model.known[name] ?? 0) * data.columns[j]![row]!;
  });
  model.terms.forEach(([weight, average], j) => {
    const value = (data.columns[KNOWN.length + j] ?? extra[j - TREND_TERMS.length])![row]!;
    const variable = TREND_TERMS[j]?.variable;
    if (!Number.isNaN(value) && !(variable && hidden(variable))) score += weight * (value - average);
  });
  return score;
}

function meanOf(column: Float64Array, rows: Int32Array): number {
  let sum = 0;
  let count = 0;
  for (const row of rows) {
    if (Number.isNaN(column[row]!)) continue;
    sum += column[row]!;
    count++;
  }
  return count > 0 ? sum / count : 0;
}

function spreadOf(column: Float64Array, rows: Int32Array): number {
  const mean = meanOf(column, rows);
  let sum = 0;
  for (const row of rows) sum += (column[row]! - mean) ** 2;
  return Math.sqrt(sum / rows.length) || 1;
}
