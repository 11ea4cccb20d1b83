/** A node: a leaf value, or [feature, limit, when at most, when above]. */
export type Tree = number | readonly [feature: number, limit: number, atMost: Tree, above: Tree];

/** Gradient-boosted trees for one yes-or-no question (Friedman 2001). Missing features (NaN) go above. */
export interface Model {
  readonly bias: number;
  readonly trees: readonly Tree[];
}

/** Probability-like score in 0..1; not calibrated. */
export function modelScore(model: Model, features: readonly number[]): number {
  const sum = model.trees.reduce<number>((total, tree) => total + leaf(tree, features), model.bias);
  return 1 / (1 + Math.exp(-sum));
}

function leaf(tree: Tree, features: readonly number[]): number {
  let node = tree;
  while (typeof node !== 'number') node = (features[node[0]] ?? Number.NaN) <= node[1] ? node[2] : node[3];
  return node;
}
