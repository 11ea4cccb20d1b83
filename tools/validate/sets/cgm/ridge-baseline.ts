import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { DiabetesFile, DiabetesRow } from './diabetes-files.js';

/**
 * The usual statistical baseline, to be compared with: a ridge regression of each person's own on 12 readings 5 min apart and the sums of boluses and of carbohydrates of the last
 * 30, 60, 120 and 240 min, fitted on the rows marked `train`. `predict` is asked for rows that have 24 steps of 5 min before them.
 */
export interface RidgeBaseline {
  /** mg/dL at the horizon; undefined where nothing was fitted. */
  readonly predict: (t: number, minutes: number) => number | undefined;
}

const LAGS = 12;
const STEP = 300_000;
const SUMS = [30, 60, 120, 240] as const;
const PENALTY = 10;
const MIN_ROWS = 500;

export function ridgeBaseline(file: DiabetesFile, horizons: readonly number[]): RidgeBaseline {
  const chain = file.rows.filter(
    ({ kind, glucose }) => (kind === 'EGV' || kind === 'Interpolated') && !Number.isNaN(glucose),
  );
  const byTime = new Map(chain.map((row) => [row.t, row]));
  const features = new Map<number, Float64Array>();
  const doses = file.rows.filter(({ bolus, carbohydrates }) => bolus > 0 || carbohydrates > 0);
  let first = 0;
  for (const row of chain) {
    while (first < doses.length && doses[first]!.t <= row.t - 240 * 60_000) first++;
    const values = valuesAt(row, byTime, doses, first);
    if (row.kind === 'EGV' && values !== undefined) features.set(row.t, values);
  }
  const fits = new Map(horizons.map((minutes) => [minutes, fit(features, byTime, minutes)]));
  return {
    predict(t, minutes) {
      const [values, model] = [features.get(t), fits.get(minutes)];
      return values === undefined ? undefined : model?.(values);
    },
  };
}

function valuesAt(
  { t, sequence }: DiabetesRow,
  byTime: ReadonlyMap<number, DiabetesRow>,
  doses: readonly DiabetesRow[],
  first: number,
): Float64Array | undefined {
  const values = new Float64Array(LAGS + 2 * SUMS.length);
  for (let k = 0; k < LAGS; k++) {
    const row = byTime.get(t - k * STEP);
    if (row?.sequence !== sequence) return undefined;
    values[k] = row.glucose;
  }
  for (let i = first; i < doses.length && doses[i]!.t <= t; i++) {
    const { bolus, carbohydrates, t: at } = doses[i]!;
    for (const [k, minutes] of SUMS.entries()) {
      if (at <= t - minutes * 60_000) continue;
      if (bolus > 0) values[LAGS + 2 * k]! += bolus;
      if (carbohydrates > 0) values[LAGS + 2 * k + 1]! += carbohydrates;
    }
  }
  return values;
}

type Predict = (values: Float64Array) => number;

function fit(
  features: ReadonlyMap<number, Float64Array>,
  byTime: ReadonlyMap<number, DiabetesRow>,
  minutes: number,
): Predict | undefined {
  const cases = [...features].flatMap(([t, values]) => {
    const then = byTime.get(t + minutes * 60_000);
    const isFitted = then?.kind === 'EGV' && !then.isHeldApart && !byTime.get(t)!.isHeldApart;
    return isFitted ? [{ values, actual: then.glucose }] : [];
  });
  if (cases.length < MIN_ROWS) return undefined;
  const d = cases[0]!.values.length;
  const indices = Array.from({ length: d }, (_, j) => j);
  const mean = (of: (one: (typeof cases)[number]) => number): number =>
    cases.reduce((sum, one) => sum + of(one), 0) / cases.length;
  const centre = mean(({ actual }) => actual);
  const means = indices.map((j) => mean(({ values }) => values[j]!));
  const widths = indices.map((j) => Math.sqrt(mean(({ values }) => (values[j]! - means[j]!) ** 2)) || 1);
  const standard = (values: Float64Array): number[] => indices.map((j) => (values[j]! - means[j]!) / widths[j]!);
  const products = Matrix.eye(d, d, PENALTY);
  const responses = Matrix.zeros(d, 1);
  for (const { values, actual } of cases) {
    const z = standard(values);
    for (const j of indices) {
      responses.set(j, 0, responses.get(j, 0) + z[j]! * (actual - centre));
      for (const k of indices) products.set(j, k, products.get(j, k) + z[j]! * z[k]!);
    }
  }
  const slopes = new CholeskyDecomposition(products).solve(responses).to1DArray();
  return (values) => standard(values).reduce((sum, z, j) => sum + z * slopes[j]!, centre);
}
