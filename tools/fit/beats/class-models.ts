/** Models of beat classes: fitted on whole records, counted as EC57 says, each record by models that never saw it. */
import { modelScore, type Model } from '#libs/domain/rhythm';
import type { Boosting } from '../methods/boosting.js';
import { fitBagged, type Bagging } from './bagged.js';
import type { BeatClass, BeatRecord } from './cases.js';

const BOOSTING: Boosting = { trees: 40, depth: 3, rate: 0.1, leastWeight: 5, l2: 5, share: 0.7 };
/** Early atrial beats are in too few records to leave some out. */
const SINGLE: Bagging = { models: 1, records: 1, columns: 1 };
const BAGGING: Bagging = { models: 8, records: 0.7, columns: 0.5 };
const LIMIT = 0.5;
/** Of the many usual beats every sixth is enough to fit on, and counts for six. */
const THINNED = 6;
/** A class of a record counts as the root of its beats, so that no record with thousands of them rules the fit. */
const MIN_BEATS = 5;

/** One yes-or-no model for each class; a beat that is neither is N. */
export interface Models {
  readonly V: Model;
  readonly S: Model;
}

export function fitModels(records: readonly BeatRecord[]): Models {
  const rows: (readonly number[])[] = [];
  const truths: BeatClass[] = [];
  const weights: number[] = [];
  const recordOf: number[] = [];
  for (const [n, { cases }] of records.entries()) {
    const sizes = { N: 0, S: 0, V: 0 };
    for (const { truth } of cases) if (truth) sizes[truth]++;
    for (const [i, { features, truth }] of cases.entries()) {
      if (!truth || (truth === 'N' && i % THINNED > 0)) continue;
      recordOf.push(n);
      rows.push(features);
      truths.push(truth);
      weights.push((truth === 'N' ? THINNED : 1) / Math.sqrt(Math.max(MIN_BEATS, sizes[truth])));
    }
  }
  const mean = weights.reduce((sum, each) => sum + each, 0) / weights.length;
  const columns = rows[0]!.map((_, j) => Float64Array.from(rows, (row) => row[j]!));
  const modelOf = (group: BeatClass, bagging: Bagging): Model =>
    fitBagged(
      { columns, labels: truths.map((truth) => Number(truth === group)), weights: weights.map((each) => each / mean) },
      Int32Array.from(recordOf),
      BOOSTING,
      bagging,
    );
  return { V: modelOf('V', BAGGING), S: modelOf('S', SINGLE) };
}

export interface Counts {
  hits: number;
  missed: number;
  extra: number;
}

export function count({ cases, missed }: BeatRecord, models: Models, group: 'S' | 'V'): Counts {
  const counts: Counts = { hits: 0, missed: missed[group], extra: 0 };
  for (const { features, truth, counted } of cases) {
    if (!counted || !truth) continue;
    const said = modelScore(models.V, features) > LIMIT ? 'V' : modelScore(models.S, features) > LIMIT ? 'S' : 'N';
    if (truth === group) counts[said === group ? 'hits' : 'missed']++;
    else if (said === group) counts.extra++;
  }
  return counts;
}

export function printCounts(name: string, parts: readonly Counts[]): void {
  const sum = (key: keyof Counts): number => parts.reduce((total, each) => total + each[key], 0);
  const [hits, missed, extra] = [sum('hits'), sum('missed'), sum('extra')];
  const percent = (share: number): string => (100 * share).toFixed(1).padStart(5);
  console.log(
    `${name.padEnd(34)} F1 ${((2 * hits) / (2 * hits + missed + extra)).toFixed(4)}  sensitivity ${percent(hits / (hits + missed))} %  ` +
      `predictivity ${percent(hits / (hits + extra))} %  (${hits} hits, ${missed} missed, ${extra} false)`,
  );
}

/** Counts of each record from models that never saw it; records are dealt out to the folds in turn. */
export function crossValidate(
  records: readonly BeatRecord[],
  folds: number,
): ReadonlyArray<Readonly<Record<'V' | 'S', Counts>>> {
  const models = Array.from({ length: folds }, (_, fold) =>
    fitModels(records.filter((_record, i) => i % folds !== fold)),
  );
  return records.map((record, i) => ({
    V: count(record, models[i % folds]!, 'V'),
    S: count(record, models[i % folds]!, 'S'),
  }));
}

/** Held-apart figures, by folds of whole records. */
export function printHeldApart(records: readonly BeatRecord[]): void {
  for (const folds of [records.length, 11, 6]) {
    const found = crossValidate(records, folds);
    for (const group of ['V', 'S'] as const)
      printCounts(
        `${group}, ${folds} folds of whole records`,
        found.map((each) => each[group]),
      );
    if (folds < records.length) continue;
    printCounts(
      'V, without 207',
      found.filter((_, i) => records[i]!.record !== '207').map(({ V }) => V),
    );
    for (const [i, { record }] of records.entries()) printCounts(`  V, ${record}`, [found[i]!.V]);
  }
}

/** Figures on the records that the models were fitted on: they flatter. */
export function printRefitted(records: readonly BeatRecord[], models: Models): void {
  for (const group of ['V', 'S'] as const)
    printCounts(
      `${group}, refitted on the same records`,
      records.map((record) => count(record, models, group)),
    );
}
