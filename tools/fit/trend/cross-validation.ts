import { auroc } from '../../validate/sets/auroc.js';
import { repeatableNumbers } from '../methods/repeatable-numbers.js';
import type { TrendData } from './trend-data.js';
import { fitTrend, scoreRow } from './trend-fit.js';

const FOLDS = 5;
const REPEATS = 5;

export interface CrossValidation {
  /** Mean and standard deviation of the AUROC over the repeats, all rows pooled. */
  readonly mean: number;
  readonly spread: number;
  /** Mean score of each row over the repeats, each from a model that never saw its stay. */
  readonly scores: Float64Array;
}

interface Variant {
  /** Columns beside the model's. */
  readonly extra?: readonly Float64Array[];
  /** Measurements taken away when scoring. The intercept then stays out too: it is one number for all in a model that is used. */
  readonly hidden?: (variable: string) => boolean;
}

/** 95 % interval of the AUROC: 300 draws of whole stays, septic and other apart. */
export function interval(data: TrendData, scores: ArrayLike<number>): readonly [number, number] {
  const next = repeatableNumbers(77);
  const rowsOf = data.stays.map((): number[] => []);
  data.stayOf.forEach((stay, row) => rowsOf[stay]!.push(row));
  const groups = [true, false].map((kind) => rowsOf.filter((_, stay) => data.septic[stay] === kind));
  const areas = Array.from({ length: 300 }, () => {
    const rows = groups.flatMap((group) => group.flatMap(() => group[Math.floor(next() * group.length)]!));
    return auroc(
      rows.map((row) => data.label[row]!),
      rows.map((row) => scores[row]!),
    );
  }).sort((a, b) => a - b);
  return [areas[7]!, areas[292]!];
}

/** Folds of whole stays, equal in septic stays and in hospitals. */
function foldsOf(data: TrendData, seed: number): Int32Array {
  const next = repeatableNumbers(seed);
  const order = data.stays.map((_, i) => ({ i, key: next() })).sort((a, b) => a.key - b.key);
  const counts = new Map<string, number>();
  const folds = new Int32Array(data.stays.length);
  for (const { i } of order) {
    const stratum = `${data.stays[i]!.record[0]}${data.septic[i]}`;
    const count = counts.get(stratum) ?? 0;
    folds[i] = count % FOLDS;
    counts.set(stratum, count + 1);
  }
  return folds;
}

export function crossValidate(data: TrendData, { extra = [], hidden }: Variant = {}): CrossValidation {
  const rows = Int32Array.from(data.label.keys());
  const sum = new Float64Array(rows.length);
  const figures: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const folds = foldsOf(data, 1000 + repeat);
    const scores = new Float64Array(rows.length);
    for (let fold = 0; fold < FOLDS; fold++) {
      const kept = rows.filter((row) => folds[data.stayOf[row]!] !== fold);
      const model = fitTrend(data, kept, extra);
      for (const row of rows)
        if (folds[data.stayOf[row]!] === fold)
          scores[row] = scoreRow(data, hidden ? { ...model, intercept: 0 } : model, row, extra, hidden);
    }
    figures.push(auroc(data.label, [...scores]));
    scores.forEach((score, row) => (sum[row]! += score / REPEATS));
  }
  const mean = figures.reduce((a, b) => a + b, 0) / REPEATS;
  const spread = Math.sqrt(figures.reduce((a, b) => a + (b - mean) ** 2, 0) / (REPEATS - 1));
  return { mean, spread, scores: sum };
}
