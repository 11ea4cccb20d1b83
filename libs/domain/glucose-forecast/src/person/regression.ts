import { HORIZONS, type Weights } from '../model/model.js';
import { rounded, type Person } from './person.js';

/** Widths from the centre beyond which a part of the correction counts no further. */
const MAX_WIDTHS = 4;
/** Part of all sums that stays with each reading learned from, 96 a day: half of it is gone after 30 days. */
const KEPT = 1 - Math.LN2 / (96 * 30);

type Correction = Weights['correction'];

/** What the correction is made of at one moment: features in widths from their centre, 0 where unknown, and 1. */
export function termsOf({ features, means, widths }: Correction, values: Float64Array): Float64Array {
  const terms = new Float64Array(features.length + DAILY + 1);
  for (let i = 0; i < features.length; i++) {
    const z = (values[features[i]!]! - means[i]!) / widths[i]!;
    terms[i] = Number.isNaN(z) ? 0 : Math.min(MAX_WIDTHS, Math.max(-MAX_WIDTHS, z));
  }
  terms[terms.length - 1] = 1;
  return terms;
}

/** Sine and cosine of the time of day: each person's own, so that no zone is needed. */
const DAILY = 2;

/** Puts the time of day among the terms, in place. */
export function withTimeOfDay(terms: Float64Array, t: number): Float64Array {
  const angle = (2 * Math.PI * (t % 86_400_000)) / 86_400_000;
  terms[terms.length - 3] = Math.SQRT2 * Math.sin(angle);
  terms[terms.length - 2] = Math.SQRT2 * Math.cos(angle);
  return terms;
}

/** Sums with one moment more: `residuals` by horizon, what the population's forecast missed. */
export function summed(
  { products, responses }: Person,
  terms: Float64Array,
  residuals: Float64Array,
): Pick<Person, 'products' | 'responses'> {
  const next: number[] = [];
  for (let i = 0, at = 0; i < terms.length; i++)
    for (let j = 0; j <= i; j++, at++) next.push(rounded(KEPT * (products[at] ?? 0) + terms[i]! * terms[j]!));
  return {
    products: next,
    responses: Array.from({ length: HORIZONS }, (_, h) =>
      Array.from(terms, (term, i) => rounded(KEPT * (responses[h]?.[i] ?? 0) + term * residuals[h]!)),
    ),
  };
}

/**
 * The person's correction by horizon, mg/dL: ridge regression of the residuals so far, drawn to none by the penalty (recursive least squares in the form of sums:
 * exact, and independent of the order of what is summed). No sums: none.
 */
export function correctionOf({ products, responses }: Person, penalty: number, terms: Float64Array): Float64Array {
  const corrections = new Float64Array(HORIZONS);
  if (products.length === 0) return corrections;
  // The corrections are r · (P + penalty)⁻¹ · terms: one solution serves all horizons.
  const solution = solved(products, penalty, terms);
  for (let h = 0; h < HORIZONS; h++) {
    const response = responses[h]!;
    for (let i = 0; i < solution.length; i++) corrections[h]! += response[i]! * solution[i]!;
  }
  return corrections;
}

/** x of (P + penalty · 1) x = b by Cholesky factors; P is a lower triangle by row, positive semidefinite. */
function solved(products: readonly number[], penalty: number, b: Float64Array): Float64Array {
  const n = b.length;
  const factor = Float64Array.from(products);
  const x = Float64Array.from(b);
  for (let i = 0, row = 0; i < n; row += ++i) {
    for (let j = 0, other = 0; j <= i; other += ++j) {
      let sum = factor[row + j]! + (i === j ? penalty : 0);
      for (let k = 0; k < j; k++) sum -= factor[row + k]! * factor[other + k]!;
      factor[row + j] = i === j ? Math.sqrt(Math.max(sum, 1e-9)) : sum / factor[other + j]!;
    }
    let sum = x[i]!;
    for (let k = 0; k < i; k++) sum -= factor[row + k]! * x[k]!;
    x[i] = sum / factor[row + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i]!;
    for (let k = i + 1; k < n; k++) sum -= factor[(k * (k + 1)) / 2 + i]! * x[k]!;
    x[i] = sum / factor[(i * (i + 1)) / 2 + i]!;
  }
  return x;
}
