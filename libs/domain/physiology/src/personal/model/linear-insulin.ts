import type { UvaPadovaParameters } from '../../uva-padova/parameters.js';

/** States of insulin: under the skin 1 and 2, plasma, liver (pmol/kg); action, delayed 1 and 2 (pmol/L, all as if insulin at rest were 0). */
export const INSULIN_STATES = 7;

const SIZE = INSULIN_STATES + 1;

/**
 * One minute of the linear part of UVA/Padova, solved exactly: the next state is `transition` · state + `gain` · dose. By rows of `SIZE`; the last column is
 * the gain per pmol/kg infused over the minute.
 */
export function insulinMinute(p: UvaPadovaParameters): Float64Array {
  const rates = new Float64Array(SIZE * SIZE);
  const set = (row: number, column: number, value: number): void => {
    rates[row * SIZE + column] = value;
  };
  set(0, 0, -(p.ka1 + p.kd));
  set(0, 7, 1);
  set(1, 0, p.kd);
  set(1, 1, -p.ka2);
  set(2, 0, p.ka1);
  set(2, 1, p.ka2);
  set(2, 2, -(p.m2 + p.m4));
  set(2, 3, p.m1);
  set(3, 2, p.m2);
  set(3, 3, -(p.m1 + p.m30));
  set(4, 2, p.p2u / p.Vi);
  set(4, 4, -p.p2u);
  set(5, 2, p.ki / p.Vi);
  set(5, 5, -p.ki);
  set(6, 5, p.ki);
  set(6, 6, -p.ki);
  return exponential(rates);
}

/** Advances the state in place by a minute in which `dose` pmol/kg are infused. */
export function stepInsulin(m: Float64Array, x: Float64Array, dose: number): void {
  const [a, b, c, d, e, f, g] = x as unknown as [number, number, number, number, number, number, number];
  x[0] = m[0]! * a + m[7]! * dose;
  x[1] = m[8]! * a + m[9]! * b + m[15]! * dose;
  x[2] = m[16]! * a + m[17]! * b + m[18]! * c + m[19]! * d + m[23]! * dose;
  x[3] = m[24]! * a + m[25]! * b + m[26]! * c + m[27]! * d + m[31]! * dose;
  x[4] = m[32]! * a + m[33]! * b + m[34]! * c + m[35]! * d + m[36]! * e + m[39]! * dose;
  x[5] = m[40]! * a + m[41]! * b + m[42]! * c + m[43]! * d + m[45]! * f + m[47]! * dose;
  x[6] = m[48]! * a + m[49]! * b + m[50]! * c + m[51]! * d + m[53]! * f + m[54]! * g + m[55]! * dose;
}

/** Scaling and squaring of a Taylor series (Higham, Functions of Matrices, ch. 10): rates are below 2/min, so 2^-6 and eight terms are exact to 1e-15. */
function exponential(rates: Float64Array): Float64Array {
  const scaled = rates.map((rate) => rate / 64);
  let sum = identity();
  for (let term = 8; term >= 1; term -= 1) {
    sum = product(scaled, sum).map((value) => value / term);
    for (let i = 0; i < SIZE; i += 1) sum[i * SIZE + i]! += 1;
  }
  for (let squaring = 0; squaring < 6; squaring += 1) sum = product(sum, sum);
  return sum;
}

function identity(): Float64Array {
  const matrix = new Float64Array(SIZE * SIZE);
  for (let i = 0; i < SIZE; i += 1) matrix[i * SIZE + i] = 1;
  return matrix;
}

function product(left: Float64Array, right: Float64Array): Float64Array {
  const out = new Float64Array(SIZE * SIZE);
  for (let i = 0; i < SIZE; i += 1)
    for (let k = 0; k < SIZE; k += 1) {
      const factor = left[i * SIZE + k]!;
      if (factor === 0) continue;
      for (let j = 0; j < SIZE; j += 1) out[i * SIZE + j]! += factor * right[k * SIZE + j]!;
    }
  return out;
}
