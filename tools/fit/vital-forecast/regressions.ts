import { CholeskyDecomposition, Matrix } from 'ml-matrix';

/** Weights of least squares with a quadratic pull towards 0 on all but the intercept (first column). */
export function ridge(rows: ReadonlyArray<readonly number[]>, truth: readonly number[], pull: number): number[] {
  const p = rows[0]!.length;
  const gram = pulled(rows, pull);
  const right = new Float64Array(p);
  rows.forEach((row, i) => {
    for (let j = 0; j < p; j++) right[j]! += row[j]! * truth[i]!;
  });
  return solve(gram, right);
}

/**
 * Weights of the logarithm of the scale of residuals by maximum likelihood of the Laplace distribution: the least of Σ η + |r|·exp(−η), convex in the weights;
 * scoring steps with the expected curvature, which is 1 for every row.
 */
export function logScale(rows: ReadonlyArray<readonly number[]>, residuals: readonly number[], pull: number): number[] {
  const p = rows[0]!.length;
  const gram = pulled(rows, pull);
  const weights = Array.from({ length: p }, () => 0);
  weights[0] = Math.log(residuals.reduce((sum, r) => sum + Math.abs(r), 0) / residuals.length);
  for (let round = 0; round < 30; round++) {
    const gradient = new Float64Array(p);
    rows.forEach((row, i) => {
      let eta = 0;
      for (let j = 0; j < p; j++) eta += weights[j]! * row[j]!;
      const slope = Math.min(8, Math.abs(residuals[i]!) * Math.exp(-eta)) - 1;
      for (let j = 0; j < p; j++) gradient[j]! += slope * row[j]!;
    });
    for (let j = 1; j < p; j++) gradient[j]! -= pull * weights[j]!;
    const step = solve(gram, gradient);
    for (let j = 0; j < p; j++) weights[j]! += step[j]!;
    if (Math.max(...step.map(Math.abs)) < 1e-7) break;
  }
  return weights;
}

function pulled(rows: ReadonlyArray<readonly number[]>, pull: number): Matrix {
  const p = rows[0]!.length;
  const gram = Array.from({ length: p }, () => new Float64Array(p));
  for (const row of rows) {
    for (let j = 0; j < p; j++) {
      const value = row[j]!;
      if (value !== 0) for (let k = 0; k <= j; k++) gram[j]![k]! += value * row[k]!;
    }
  }
  for (let j = 0; j < p; j++) {
    for (let k = 0; k < j; k++) gram[k]![j] = gram[j]![k]!;
    gram[j]![j]! += j === 0 ? 1e-9 : pull;
  }
  return new Matrix(gram.map((row) => Array.from(row)));
}

function solve(gram: Matrix, right: Float64Array): number[] {
  return new CholeskyDecomposition(gram).solve(Matrix.columnVector(Array.from(right))).to1DArray();
}
