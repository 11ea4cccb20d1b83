/**
 * Quantiles of the scaled residual, (actual − location) / scale, at ascending levels: with a location and a scale, a whole distribution.
 * Plain JSON, so that a fitted table is data.
 */
export interface ResidualTable {
  readonly levels: readonly number[];
  readonly values: readonly number[];
}

/** Levels of a fitted table: those of every forecast, and a finer grid for the mean and for probabilities of a low. */
export const TABLE_LEVELS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99,
  0.995,
];

/**
 * The table of residuals that no parameter was fitted on (split-conformal: Lei et al., J Am Stat Assoc 2018;113:1094; Vovk et al. 2005). Upper levels take the
 * ⌈p·(n + 1)⌉-th smallest, lower levels its mirror image, so that each level covers at least its share of a next exchangeable residual. With no
 * residuals there is no table.
 */
export function residualTable(
  residuals: Iterable<number>,
  levels: readonly number[] = TABLE_LEVELS,
): ResidualTable | undefined {
  const sorted = Float64Array.from(residuals).sort();
  const n = sorted.length;
  if (n === 0) return undefined;
  const ranked = (rank: number): number => sorted[Math.min(n, Math.max(1, rank)) - 1]!;
  const values = levels.map((p) => {
    if (p > 0.5) return ranked(Math.ceil(p * (n + 1)));
    if (p < 0.5) return ranked(n + 1 - Math.ceil((1 - p) * (n + 1)));
    return (ranked(Math.floor((n + 1) / 2)) + ranked(Math.ceil((n + 1) / 2))) / 2;
  });
  return { levels, values };
}

/** The scaled residual at a level in (0, 1): linear between the levels of the table, constant beyond them. */
export function residualAt({ levels, values }: ResidualTable, level: number): number {
  return between(levels, values, level);
}

/** The share of the distribution below a scaled residual, 0 to 1: the inverse of `residualAt`; beyond the table the outermost levels. */
export function shareBelow({ levels, values }: ResidualTable, residual: number): number {
  return between(values, levels, residual);
}

/** Mean of the distribution whose quantile function is linear between the levels and constant beyond them. */
export function meanResidual({ levels, values }: ResidualTable): number {
  const last = levels.length - 1;
  let sum = levels[0]! * values[0]! + (1 - levels[last]!) * values[last]!;
  for (let i = 1; i <= last; i++) sum += ((values[i]! + values[i - 1]!) / 2) * (levels[i]! - levels[i - 1]!);
  return sum;
}

/** `ys` at `x`, linear between the ascending `xs`, constant beyond them. */
function between(xs: readonly number[], ys: readonly number[], x: number): number {
  if (x <= xs[0]!) return ys[0]!;
  // By halves: forecasts ask some thousand times a second.
  let below = 0;
  let at = xs.length - 1;
  if (x > xs[at]!) return ys[at]!;
  while (at - below > 1) {
    const middle = (at + below) >> 1;
    if (x > xs[middle]!) below = middle;
    else at = middle;
  }
  const left = xs[at - 1]!;
  const right = xs[at]!;
  return right === left ? ys[at]! : ys[at - 1]! + ((x - left) / (right - left)) * (ys[at]! - ys[at - 1]!);
}
