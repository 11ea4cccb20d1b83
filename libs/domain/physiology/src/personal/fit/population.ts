import { CholeskyDecomposition, inverse, Matrix, solve } from 'ml-matrix';
import { COORDINATES } from '../model/parameters.js';

/** A normal distribution over log weight (kg), log basal insulin (pmol/kg/min) and the coordinates of a person. */
export interface Population {
  /** Names of the people it is of. */
  readonly people: readonly string[];
  readonly mean: readonly number[];
  /** Lower triangle by row. */
  readonly covariance: readonly number[];
}

/** Prior of the coordinates of one person: what is assumed before data. */
export interface Prior {
  readonly mean: Float64Array;
  readonly covariance: Matrix;
}

/** Weight and basal insulin are known; they stand first in a population. */
const KNOWN = 2;

/** The distribution given weight and basal insulin at rest. */
export function priorOf(population: Population, about: { readonly BW: number; readonly u2ss: number }): Prior {
  const all = symmetric(population.covariance, KNOWN + COORDINATES);
  const known = all.subMatrix(0, KNOWN - 1, 0, KNOWN - 1);
  const cross = all.subMatrix(KNOWN, KNOWN + COORDINATES - 1, 0, KNOWN - 1);
  const gain = solve(known, cross.transpose()).transpose();
  const away = Matrix.columnVector([
    Math.log(about.BW) - population.mean[0]!,
    Math.log(about.u2ss) - population.mean[1]!,
  ]);
  const shift = gain.mmul(away).to1DArray();
  const mean = Float64Array.from({ length: COORDINATES }, (_, i) => population.mean[KNOWN + i]! + shift[i]!);
  const covariance = all
    .subMatrix(KNOWN, KNOWN + COORDINATES - 1, KNOWN, KNOWN + COORDINATES - 1)
    .sub(gain.mmul(cross.transpose()));
  return { mean, covariance };
}

export function symmetric(lower: readonly number[], size: number): Matrix {
  const matrix = Matrix.zeros(size, size);
  let at = 0;
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column <= row; column += 1) {
      matrix.set(row, column, lower[at]!);
      matrix.set(column, row, lower[at]!);
      at += 1;
    }
  return matrix;
}

/** Lower triangle by row of the Cholesky factor; a small ridge where rounding made the matrix indefinite. */
export function choleskyOf(covariance: Matrix): Matrix {
  const size = covariance.rows;
  for (let ridge = 0; ; ridge = ridge === 0 ? 1e-10 : ridge * 10) {
    const raised = covariance.clone().add(Matrix.eye(size, size).mul(ridge));
    const decomposition = new CholeskyDecomposition(raised.add(raised.transpose()).mul(0.5));
    if (decomposition.isPositiveDefinite() || ridge > 1) return decomposition.lowerTriangularMatrix;
  }
}

/** Inverse of a symmetric matrix, made exactly symmetric again. */
export function inverseOf(matrix: Matrix): Matrix {
  const inverted = inverse(matrix);
  return inverted.clone().add(inverted.transpose()).mul(0.5);
}
