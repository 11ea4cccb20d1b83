import type { Model, Tree } from '#libs/domain/rhythm';
import { repeatableNumbers } from './repeatable-numbers.js';

/** How trees are grown. Second-order boosting with the logistic loss (Friedman 2001; Chen & Guestrin 2016, eq. 5 to 7), on binned columns. */
export interface Boosting {
  readonly trees: number;
  readonly depth: number;
  /** Shrinkage of each tree. */
  readonly rate: number;
  /** Least weight (sum of second derivatives) of a leaf. */
  readonly leastWeight: number;
  /** Penalty on leaf values. */
  readonly l2: number;
  /** Share of rows each tree sees; 1: all. */
  readonly share: number;
}

/** One row per case; NaN is missing and goes above every limit, as in `modelScore`. */
export interface Cases {
  readonly columns: readonly Float64Array[];
  readonly labels: ArrayLike<number>;
  /** How much each case counts; 1 where left out. */
  readonly weights?: ArrayLike<number>;
}

const BINS = 64;

/** Fits a yes-or-no model on the given rows. The same seed gives the same trees. */
export function fitTrees(cases: Cases, rows: Int32Array, options: Boosting, seed = 1): Model {
  const weightOf = (row: number): number => cases.weights?.[row] ?? 1;
  const limits = cases.columns.map((column) => limitsOf(column, rows));
  const binned = cases.columns.map((column, j) => binsOf(column, limits[j]!));
  let [yes, all] = [0, 0];
  for (const row of rows) {
    yes += weightOf(row) * cases.labels[row]!;
    all += weightOf(row);
  }
  const bias = round(Math.log(yes / (all - yes)));
  const scores = new Float64Array(binned[0]!.length).fill(bias);
  const gradient = new Float64Array(scores.length);
  const curvature = new Float64Array(scores.length);
  const random = repeatableNumbers(seed);
  const trees: Tree[] = [];
  for (let n = 0; n < options.trees; n++) {
    for (const row of rows) {
      const p = 1 / (1 + Math.exp(-scores[row]!));
      gradient[row] = weightOf(row) * (cases.labels[row]! - p);
      curvature[row] = weightOf(row) * p * (1 - p);
    }
    const seen = options.share < 1 ? rows.filter(() => random() < options.share) : rows;
    const tree = grow({ binned, limits, gradient, curvature, options }, seen, options.depth);
    trees.push(tree);
    for (const row of rows) scores[row]! += leaf(tree, cases.columns, row);
  }
  return { bias, trees };
}

interface Growth {
  readonly binned: readonly Uint8Array[];
  readonly limits: readonly Float64Array[];
  readonly gradient: Float64Array;
  readonly curvature: Float64Array;
  readonly options: Boosting;
}

function grow(growth: Growth, rows: Int32Array, depth: number): Tree {
  const { gradient, curvature, options } = growth;
  let [g, h] = [0, 0];
  for (const row of rows) {
    g += gradient[row]!;
    h += curvature[row]!;
  }
  const value = round((options.rate * g) / (h + options.l2));
  const split = depth > 0 ? bestSplit(growth, rows, g, h) : undefined;
  if (split === undefined) return value;
  const bins = growth.binned[split.feature]!;
  const below = grow(
    growth,
    rows.filter((row) => bins[row]! <= split.bin),
    depth - 1,
  );
  const above = grow(
    growth,
    rows.filter((row) => bins[row]! > split.bin),
    depth - 1,
  );
  return [split.feature, growth.limits[split.feature]![split.bin]!, below, above];
}

interface Split {
  readonly feature: number;
  readonly bin: number;
}

function bestSplit(growth: Growth, rows: Int32Array, g: number, h: number): Split | undefined {
  const { l2, leastWeight } = growth.options;
  let best: Split | undefined;
  let gain = 1e-6 + (g * g) / (h + l2);
  const gs = new Float64Array(BINS);
  const hs = new Float64Array(BINS);
  for (const [feature, bins] of growth.binned.entries()) {
    gs.fill(0);
    hs.fill(0);
    for (const row of rows) {
      gs[bins[row]!]! += growth.gradient[row]!;
      hs[bins[row]!]! += growth.curvature[row]!;
    }
    let [below, weight] = [0, 0];
    for (let bin = 0; bin < growth.limits[feature]!.length; bin++) {
      below += gs[bin]!;
      weight += hs[bin]!;
      if (weight < leastWeight || h - weight < leastWeight) continue;
      const found = (below * below) / (weight + l2) + ((g - below) * (g - below)) / (h - weight + l2);
      if (found <= gain) continue;
      gain = found;
      best = { feature, bin };
    }
  }
  return best;
}

/** Limits between bins: quantiles of the fitted rows, at most 63. */
function limitsOf(column: Float64Array, rows: Int32Array): Float64Array {
  const sorted = Float64Array.from(rows, (row) => column[row]!)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const cuts = new Set<number>();
  for (let bin = 1; bin < BINS; bin++) {
    const cut = sorted[Math.floor((bin * sorted.length) / BINS)];
    if (cut !== undefined && cut < sorted.at(-1)!) cuts.add(Number(cut.toPrecision(6)));
  }
  return Float64Array.from(cuts).sort();
}

function binsOf(column: Float64Array, limits: Float64Array): Uint8Array {
  return Uint8Array.from(column, (value) => {
    if (Number.isNaN(value)) return limits.length;
    let [low, high] = [0, limits.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value <= limits[middle]!) high = middle;
      else low = middle + 1;
    }
    return low;
  });
}

function leaf(tree: Tree, columns: readonly Float64Array[], row: number): number {
  let node = tree;
  while (typeof node !== 'number') node = columns[node[0]]![row]! <= node[1] ? node[2] : node[3];
  return node;
}

/** Four decimals: what is written in the model file is what was fitted. */
function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

/** The model as source, for a file under `models/`. */
export function treesSource(model: Model): string {
  const text = (tree: Tree): string =>
    typeof tree === 'number' ? String(tree) : `[${tree[0]},${tree[1]},${text(tree[2])},${text(tree[3])}]`;
  return `{ bias: ${model.bias}, trees: [${model.trees.map(text).join(',')}] }`;
}
