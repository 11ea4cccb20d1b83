/** Logistic regression with a quadratic pull towards zero and a least value for every weight. */
export interface LogisticProblem {
  /** Columns, all of one length; on a common scale, because the pull is the same for all. */
  readonly columns: readonly Float64Array[];
  readonly truth: Uint8Array;
  /** Rows to fit on. */
  readonly rows: Int32Array;
  /** What each weight may not fall below; minus infinity: anything. */
  readonly least: readonly number[];
  readonly pull: number;
}

export interface LogisticFit {
  readonly intercept: number;
  readonly weights: readonly number[];
}

/** Iteratively reweighted least squares; each quadratic is solved by coordinate descent within the bounds. */
export function fitLogistic(problem: LogisticProblem): LogisticFit {
  const { columns, truth, rows, least, pull } = problem;
  const p = columns.length;
  const n = rows.length;
  const share = rows.reduce((sum, row) => sum + truth[row]!, 0) / n;
  const beta = [Math.log(share / (1 - share)), ...least.map((value) => Math.max(0, value))];
  for (let round = 0; round < 25; round++) {
    const gram = Array.from({ length: p + 1 }, () => new Float64Array(p + 1));
    const gradient = new Float64Array(p + 1);
    const x = new Float64Array(p + 1);
    x[0] = 1;
    for (const row of rows) {
      let z = beta[0]!;
      for (let j = 0; j < p; j++) z += (x[j + 1] = columns[j]![row]!) * beta[j + 1]!;
      const chance = 1 / (1 + Math.exp(-z));
      const weight = (chance * (1 - chance)) / n;
      const error = (truth[row]! - chance) / n;
      for (let j = 0; j <= p; j++) {
        gradient[j]! += error * x[j]!;
        if (x[j] !== 0) for (let k = 0; k <= j; k++) gram[j]![k]! += weight * x[j]! * x[k]!;
      }
    }
    for (let j = 1; j <= p; j++) {
      for (let k = 0; k < j; k++) gram[k]![j] = gram[j]![k]!;
      gram[j]![j]! += pull;
      gradient[j]! -= pull * beta[j]!;
    }
    const before = [...beta];
    if (descend(gram, gradient, beta, least) < 1e-9) break;
    // A whole step can overshoot where columns say nearly the same.
    const bar = lossOf(problem, before);
    for (let halves = 0; halves < 20 && !(lossOf(problem, beta) <= bar); halves++) {
      for (let j = 0; j <= p; j++) beta[j] = (beta[j]! + before[j]!) / 2;
    }
  }
  return { intercept: beta[0]!, weights: beta.slice(1) };
}

function lossOf({ columns, truth, rows, pull }: LogisticProblem, beta: readonly number[]): number {
  let loss = 0;
  for (const row of rows) {
    let z = beta[0]!;
    for (let j = 0; j < columns.length; j++) z += columns[j]![row]! * beta[j + 1]!;
    loss += Math.log1p(Math.exp(-Math.abs(z))) + Math.max(0, truth[row] === 1 ? -z : z);
  }
  return loss / rows.length + (pull / 2) * beta.slice(1).reduce((sum, value) => sum + value * value, 0);
}

/** Moves `beta` to the least of the quadratic; returns the largest move. */
function descend(
  gram: readonly Float64Array[],
  gradient: Float64Array,
  beta: number[],
  least: readonly number[],
): number {
  const start = [...beta];
  for (let sweep = 0; sweep < 5000; sweep++) {
    let most = 0;
    for (let j = 0; j < beta.length; j++) {
      const wanted = beta[j]! + gradient[j]! / gram[j]![j]!;
      const move = (j === 0 ? wanted : Math.max(least[j - 1]!, wanted)) - beta[j]!;
      if (move === 0) continue;
      beta[j]! += move;
      for (let k = 0; k < beta.length; k++) gradient[k]! -= gram[j]![k]! * move;
      most = Math.max(most, Math.abs(move));
    }
    if (most < 1e-11) break;
  }
  return Math.max(...beta.map((value, j) => Math.abs(value - start[j]!)));
}
