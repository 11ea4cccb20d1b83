import type { Model, Tree } from '#libs/domain/rhythm';
import { fitTrees, type Boosting, type Cases } from '../methods/boosting.js';
import { repeatableNumbers } from '../methods/repeatable-numbers.js';

/** How many models are averaged, and what share of the records and of the columns each of them sees. */
export interface Bagging {
  readonly models: number;
  readonly records: number;
  readonly columns: number;
}

/**
 * The mean of models that each see other records and other columns (after Breiman 1996; Ho 1998), as one model: what only one record or
 * one column says counts less.
 */
export function fitBagged(cases: Cases, recordOf: Int32Array, boosting: Boosting, bagging: Bagging): Model {
  const random = repeatableNumbers(7);
  const records = [...new Set(recordOf)];
  const columns = [...cases.columns.keys()];
  const models = Array.from({ length: bagging.models }, (_, n) => {
    const chosen = new Set(draw(records, bagging.records, random));
    const seen = draw(columns, bagging.columns, random);
    const rows = Int32Array.from(recordOf.keys()).filter((row) => chosen.has(recordOf[row]!));
    const { bias, trees } = fitTrees({ ...cases, columns: seen.map((j) => cases.columns[j]!) }, rows, boosting, n + 1);
    return { bias, trees: trees.map((tree) => shared(tree, seen, bagging.models)) };
  });
  return {
    bias: round(models.reduce((sum, { bias }) => sum + bias, 0) / models.length),
    trees: models.flatMap(({ trees }) => trees),
  };
}

/** The tree with the numbers of all columns and its part of the mean. */
function shared(tree: Tree, seen: readonly number[], models: number): Tree {
  if (typeof tree === 'number') return round(tree / models);
  return [seen[tree[0]]!, tree[1], shared(tree[2], seen, models), shared(tree[3], seen, models)];
}

function draw(all: readonly number[], share: number, random: () => number): number[] {
  return all
    .map((each) => ({ each, key: random() }))
    .sort((a, b) => a.key - b.key)
    .slice(0, Math.max(1, Math.round(share * all.length)))
    .map(({ each }) => each);
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
