import type { Trees } from '#libs/domain/glucose-forecast';
import { repeatableNumbers } from '../methods/repeatable-numbers.js';

/** How trees with a value for each output are grown: least squares of all outputs together, on binned columns. */
export interface Growing {
  readonly trees: number;
  readonly depth: number;
  readonly rate: number;
  readonly leastRows: number;
  readonly l2: number;
  /** Share of rows and of columns each tree sees. */
  readonly rowShare: number;
  readonly columnShare: number;
  readonly unit: number;
}

export interface Rows {
  readonly columns: readonly Float32Array[];
  /** By output and row of `columns`. NaN: not known, taken as no residual. Changed: what the trees leave. */
  readonly targets: readonly Float64Array[];
  readonly weights: Float64Array;
  readonly rows: Int32Array;
}

const BINS = 48;
/** Of no column: a node that is not split sends all to the left. */
const NEVER = 1e9;

/** Boosted trees (Friedman, Ann Stat 2001;29:1189) whose leaves have a value for each output. Unknown goes left. The same seed gives the same trees. */
export function growTrees({ columns, targets, weights, rows }: Rows, options: Growing, seed = 1): Trees {
  const { depth, trees, unit } = options;
  const limits = columns.map((column) => limitsOf(column, rows));
  const binned = columns.map((column, j) => binsOf(column, limits[j]!));
  const outputs = targets.length;
  const random = repeatableNumbers(seed);
  const features: number[] = [];
  const cuts: number[] = [];
  const leaves: number[] = [];
  const residual = new Float64Array(rows.length * outputs);
  for (let i = 0; i < rows.length; i++)
    for (let k = 0; k < outputs; k++) {
      const target = targets[k]![rows[i]!]!;
      residual[i * outputs + k] = Number.isNaN(target) ? 0 : target;
    }
  const nodes = 2 ** depth - 1;
  const place = new Uint8Array(rows.length);
  for (let tree = 0; tree < trees; tree++) {
    const seen: number[] = [];
    for (let i = 0; i < rows.length; i++) if (random() < options.rowShare) seen.push(i);
    const asked = columns.map((_, j) => j).filter(() => random() < options.columnShare);
    place.fill(0);
    const feature = new Int32Array(nodes);
    const limit = new Float64Array(nodes).fill(NEVER);
    const bin = new Uint8Array(nodes).fill(255);
    for (let level = 0; level < depth; level++) {
      const first = 2 ** level - 1;
      const found = bestSplits({ binned, asked, seen, place, residual, weights, rows, outputs, first, options });
      for (const [n, split] of found.entries()) {
        if (split === undefined) continue;
        feature[first + n] = split.column;
        bin[first + n] = split.bin;
        limit[first + n] = limits[split.column]![split.bin - 1]!;
      }
      for (let i = 0; i < rows.length; i++) {
        const node = place[i]!;
        place[i] = 2 * node + (binned[feature[node]!]![rows[i]!]! > bin[node]! ? 2 : 1);
      }
    }
    const values = leafValues({ seen, place, residual, weights, rows, outputs, nodes, options });
    for (let i = 0; i < rows.length; i++)
      for (let k = 0; k < outputs; k++) residual[i * outputs + k]! -= values[(place[i]! - nodes) * outputs + k]! * unit;
    features.push(...feature);
    cuts.push(...Array.from(limit, (x) => Number(x.toPrecision(5))));
    leaves.push(...values);
  }
  return { depth, outputs, features, limits: cuts, leaves, unit };
}

interface Level {
  readonly binned: readonly Uint8Array[];
  readonly asked: readonly number[];
  readonly seen: readonly number[];
  readonly place: Uint8Array;
  readonly residual: Float64Array;
  readonly weights: Float64Array;
  readonly rows: Int32Array;
  readonly outputs: number;
  readonly first: number;
  readonly options: Growing;
}

interface Split {
  readonly column: number;
  /** Rows of a higher bin go right. */
  readonly bin: number;
}

function bestSplits(level: Level): readonly (Split | undefined)[] {
  const { binned, asked, seen, place, residual, weights, rows, outputs, first, options } = level;
  const count = first + 1;
  const width = outputs + 2;
  const best: { gain: number; split: Split | undefined }[] = Array.from({ length: count }, () => ({
    gain: 1e-6,
    split: undefined,
  }));
  const sums = new Float64Array(count * (BINS + 1) * width);
  for (const column of asked) {
    sums.fill(0);
    const bins = binned[column]!;
    for (const i of seen) {
      const at = ((place[i]! - first) * (BINS + 1) + bins[rows[i]!]!) * width;
      const weight = weights[rows[i]!]!;
      for (let k = 0; k < outputs; k++) sums[at + k]! += weight * residual[i * outputs + k]!;
      sums[at + outputs]! += weight;
      sums[at + outputs + 1]!++;
    }
    for (let node = 0; node < count; node++) {
      const found = bestBin(
        sums.subarray(node * (BINS + 1) * width, (node + 1) * (BINS + 1) * width),
        outputs,
        options,
      );
      if (found.gain > best[node]!.gain) best[node] = { gain: found.gain, split: { column, bin: found.bin } };
    }
  }
  return best.map(({ split }) => split);
}

function bestBin(sums: Float64Array, outputs: number, { l2, leastRows }: Growing): { gain: number; bin: number } {
  const width = outputs + 2;
  const total = new Float64Array(width);
  for (let at = 0; at < sums.length; at += width) for (let k = 0; k < width; k++) total[k]! += sums[at + k]!;
  const left = new Float64Array(width);
  let [gain, bin] = [0, 0];
  for (let b = 0; b < BINS; b++) {
    for (let k = 0; k < width; k++) left[k]! += sums[b * width + k]!;
    const rowsLeft = left[outputs + 1]!;
    if (b === 0 || rowsLeft < leastRows || total[outputs + 1]! - rowsLeft < leastRows) continue;
    let value = 0;
    for (let k = 0; k < outputs; k++) {
      const right = total[k]! - left[k]!;
      value +=
        left[k]! ** 2 / (left[outputs]! + l2) +
        right ** 2 / (total[outputs]! - left[outputs]! + l2) -
        total[k]! ** 2 / (total[outputs]! + l2);
    }
    if (value > gain) [gain, bin] = [value, b];
  }
  return { gain, bin };
}

function leafValues({
  seen,
  place,
  residual,
  weights,
  rows,
  outputs,
  nodes,
  options: { l2, rate, unit },
}: Pick<Level, 'seen' | 'place' | 'residual' | 'weights' | 'rows' | 'outputs' | 'options'> & {
  readonly nodes: number;
}): readonly number[] {
  const ends = nodes + 1;
  const sums = new Float64Array(ends * outputs);
  const total = new Float64Array(ends);
  for (const i of seen) {
    const end = place[i]! - nodes;
    const weight = weights[rows[i]!]!;
    total[end]! += weight;
    for (let k = 0; k < outputs; k++) sums[end * outputs + k]! += weight * residual[i * outputs + k]!;
  }
  return Array.from(sums, (sum, at) => Math.round((rate * sum) / (total[Math.floor(at / outputs)]! + l2) / unit) + 0);
}

/** Upper limits of all bins but the last, ascending, distinct. */
function limitsOf(column: Float32Array, rows: Int32Array): Float64Array {
  const sample: number[] = [];
  const step = Math.max(1, Math.floor(rows.length / 20_000));
  for (let i = 0; i < rows.length; i += step) {
    const x = column[rows[i]!]!;
    if (!Number.isNaN(x)) sample.push(x);
  }
  const sorted = Float64Array.from(sample).sort();
  const limits: number[] = [];
  for (let b = 1; b < BINS; b++) {
    const x = sorted[Math.floor((b * sorted.length) / BINS)];
    if (x === undefined) break;
    const short = Number(x.toPrecision(5));
    if (short !== limits.at(-1)) limits.push(short);
  }
  return Float64Array.from(limits);
}

/** Bin 0 is unknown; bin b + 1 holds what is above limit b − 1 and at or below limit b. */
function binsOf(column: Float32Array, limits: Float64Array): Uint8Array {
  return Uint8Array.from(column, (x) => {
    if (Number.isNaN(x)) return 0;
    let [low, high] = [0, limits.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (x > limits[middle]!) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  });
}
