import { FEATURE_NAMES, HORIZONS, sumOf, type Weights } from '#libs/domain/glucose-forecast';
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { growTrees, type Growing } from './grow-trees.js';
import { valuesAt, type Table } from './table.js';

/** What forecasts before a person's own correction. */
export type BaseModel = Pick<Weights, 'linear' | 'trees'>;

const PENALTY = 100;
export const OWN_SPREAD = 'own-spread';

/** Horizons whose trees are grown together: near ones follow the course of the readings, far ones doses and habits. */
const GROUPS = [{ first: 0, count: 6 }] as const;
/** Of leaves, own spreads of 50 mg/dL. */
const UNIT = 0.01;

const TREES: Growing = {
  trees: 140,
  depth: 5,
  rate: 0.07,
  leastRows: 60,
  l2: 40,
  rowShare: 0.3,
  columnShare: 0.3,
  unit: 0.001,
};

/** Change of glucose to each horizon in own spreads of 50 mg/dL; NaN where it is not known. */
export function targetsOf(table: Table, ownSpread: Float32Array): readonly Float64Array[] {
  const level = table.columns[0]!;
  return table.actual.map((actual) => actual.map((mgdl, row) => ((mgdl - level[row]!) * 50) / ownSpread[row]!));
}

/** Least squares on the features of glucose, then trees on the given columns; rows weigh as the square of their own spread. */
export function fitBase(
  table: Table,
  rows: Int32Array,
  { columns, ownSpread }: { readonly columns: number; readonly ownSpread: Float32Array },
): BaseModel {
  const targets = targetsOf(table, ownSpread);
  const weights = Float64Array.from(ownSpread, (spread) => (spread / 50) ** 2);
  const linear = fitLinear(table, rows, targets, weights, columns);
  const linearRows = linearSums(linear, table, rows);
  const scales = new Float64Array(HORIZONS);
  const left = targets.map((target, h) => {
    const rest = new Float64Array(table.rows).fill(Number.NaN);
    let [squares, n] = [0, 0];
    for (const row of rows) {
      rest[row] = target[row]! - linearRows[h]![row]!;
      if (Number.isNaN(rest[row]!)) continue;
      squares += rest[row]! ** 2;
      n++;
    }
    scales[h] = Math.sqrt(squares / n);
    return rest.map((x) => x / scales[h]!);
  });
  const used = { columns: table.columns.slice(0, columns), weights, rows };
  const groups = GROUPS.map(({ first, count }) => {
    const grown = growTrees({ ...used, targets: left.slice(first, first + count) }, TREES, first + 1);
    // Back to own spreads: horizons were grown on a common scale.
    const scale = (at: number): number => (grown.unit * scales[first + (at % count)]!) / UNIT;
    return {
      first,
      trees: { ...grown, leaves: grown.leaves.map((leaf, at) => Math.round(leaf * scale(at)) + 0), unit: UNIT },
    };
  });
  return { linear, trees: groups };
}

/** By horizon and row. */
function linearSums(
  { means, horizons }: Weights['linear'],
  table: Table,
  rows: Iterable<number>,
): readonly Float64Array[] {
  const out = horizons.map(() => new Float64Array(table.rows));
  for (const row of rows) {
    const centred = centredAt(table, means, row);
    for (const [h, { intercept, weights }] of horizons.entries())
      out[h]![row] = weights.reduce((sum, weight, j) => sum + weight * centred[j]!, intercept);
  }
  return out;
}

/** Features from their means, 0 where unknown. */
function centredAt({ columns }: Table, means: readonly number[], row: number): Float64Array {
  return Float64Array.from(means, (mean, j) => {
    const x = columns[j]![row]! - mean;
    return Number.isNaN(x) ? 0 : x;
  });
}

function fitLinear(
  table: Table,
  rows: Int32Array,
  targets: readonly Float64Array[],
  weights: Float64Array,
  columns: number,
): Weights['linear'] {
  const d = columns;
  const used = table.columns.slice(0, d);
  // Amounts of insulin mean what they are to the person: a straight line through those of others misleads.
  const isStraight = used.map((_, j) => !/^(insulin|bolus)/.test(FEATURE_NAMES[j]!));
  const means = used.map((column, j) =>
    isStraight[j]! ? Number(meanOf(rows, (row) => column[row]!).toPrecision(6)) : 0,
  );
  const widths = used.map((column, j) => Math.sqrt(meanOf(rows, (row) => (column[row]! - means[j]!) ** 2)) || 1);
  const known = rows.filter((row) => targets.every((target) => !Number.isNaN(target[row]!)));
  const sums = new Float64Array(d * d);
  const right = targets.map(() => new Float64Array(d));
  let total = 0;
  for (const row of known) total += weights[row]!;
  const centres = targets.map((target) => known.reduce((sum, row) => sum + weights[row]! * target[row]!, 0) / total);
  for (const row of known) {
    const weight = weights[row]!;
    const z = centredAt(table, means, row).map((x, j) => (isStraight[j]! ? x / widths[j]! : 0));
    for (let j = 0; j < d; j++) {
      const x = weight * z[j]!;
      for (let h = 0; h < targets.length; h++) right[h]![j]! += x * (targets[h]![row]! - centres[h]!);
      for (let k = 0; k <= j; k++) sums[j * d + k]! += x * z[k]!;
    }
  }
  const products = Matrix.eye(d, d, PENALTY);
  for (let j = 0; j < d; j++)
    for (let k = 0; k <= j; k++) {
      products.set(j, k, products.get(j, k) + sums[j * d + k]!);
      if (k < j) products.set(k, j, sums[j * d + k]!);
    }
  const factors = new CholeskyDecomposition(products);
  const horizons = targets.map((_, h) => {
    const slopes = factors.solve(Matrix.columnVector(right[h]!)).to1DArray();
    return {
      intercept: Number(centres[h]!.toPrecision(6)),
      weights: slopes.map((value, j) => Number((value / widths[j]!).toPrecision(6))),
    };
  });
  return { means, horizons };
}

/** Of what is known. */
function meanOf(rows: Int32Array, of: (row: number) => number): number {
  let [sum, n] = [0, 0];
  for (const row of rows) {
    const x = of(row);
    if (Number.isNaN(x)) continue;
    sum += x;
    n++;
  }
  return n === 0 ? 0 : sum / n;
}

/** Locations by horizon of some rows, mg/dL, in place. */
export function predictBase(
  model: BaseModel,
  table: Table,
  {
    rows,
    ownSpread,
    out,
  }: { readonly rows: Iterable<number>; readonly ownSpread: Float32Array; readonly out: readonly Float64Array[] },
): void {
  const linear = linearSums(model.linear, table, rows);
  for (const row of rows) {
    const values = valuesAt(table, row);
    const sums = new Float64Array(HORIZONS);
    for (const { first, trees } of model.trees) sums.set(sumOf(trees, values), first);
    for (let h = 0; h < HORIZONS; h++)
      out[h]![row] = table.columns[0]![row]! + (ownSpread[row]! / 50) * (sums[h]! + linear[h]![row]!);
  }
}
