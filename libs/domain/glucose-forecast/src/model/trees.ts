/**
 * Regression trees with one value for each horizon in every leaf, grown together; complete to `depth`, flat, so that they are data. Node i has the children 2i + 1 (at or
 * below the limit, or unknown) and 2i + 2 (above it).
 */
export interface Trees {
  readonly depth: number;
  readonly outputs: number;
  /** By tree and node: the feature asked; `limits` beside it. */
  readonly features: readonly number[];
  readonly limits: readonly number[];
  /** By tree, leaf and output, whole multiples of `unit`. */
  readonly leaves: readonly number[];
  readonly unit: number;
}

/** Sum over the trees, one value for each output. */
export function sumOf(trees: Trees, values: Float64Array): Float64Array {
  const { depth, outputs, features, limits, leaves, unit } = trees;
  const nodes = 2 ** depth - 1;
  const ends = 2 ** depth;
  const sums = new Float64Array(outputs);
  for (let node0 = 0, leaf0 = 0; node0 < features.length; node0 += nodes, leaf0 += ends * outputs) {
    let node = 0;
    for (let level = 0; level < depth; level++)
      node = 2 * node + (values[features[node0 + node]!]! > limits[node0 + node]! ? 2 : 1);
    const leaf = leaf0 + (node - nodes) * outputs;
    for (let k = 0; k < outputs; k++) sums[k]! += leaves[leaf + k]!;
  }
  for (let k = 0; k < outputs; k++) sums[k]! *= unit;
  return sums;
}
