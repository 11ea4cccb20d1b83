import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { noiseOf, SENSOR_NOISE, whitened, whiteningOf, type Noise, type Whitening } from './noise.js';
import { COORDINATES } from '../model/parameters.js';
import { inverseOf, type Prior } from './population.js';
import { derivativesOf, simulated, type Recording, type Simulated } from './record.js';

/** The most probable coordinates given the record and the prior, with their covariance (Laplace's method). */
export interface Estimate {
  readonly coordinates: Float64Array;
  readonly covariance: Matrix;
  readonly noise: Noise;
  /** Twice the negative log posterior under sensor noise, but for a constant: smaller is more probable. */
  readonly objective: number;
  /** Reading minus simulated, mg/dL. */
  readonly residuals: Float64Array;
  readonly hasConverged: boolean;
  readonly iterations: number;
}

const MAX_ITERATIONS = 12;
/** An iteration that lowers the objective by less than this is the last. */
const ENOUGH = 0.2;
/** Residuals beyond this many SD count linearly (Huber, Ann Math Stat 1964;35:73). */
const HUBER = 3;
/** SD of the level at the start, mg/dL. */
const START_SD = 6;
/** As `EstimationOptions.rounds`. */
const ROUNDS = 3;

interface Point {
  readonly coordinates: Float64Array;
  readonly start: number;
  readonly simulated: Simulated;
}

export interface EstimationOptions {
  /** Coordinates that stay where they are. */
  readonly fixed?: ReadonlySet<number>;
  readonly noise?: Noise;
  /** Times the noise is estimated anew from the residuals, less one. */
  readonly rounds?: number;
}

/**
 * Levenberg-Marquardt (Marquardt, J SIAM 1963;11:431) on whitened residuals plus prior, from one starting point. Written here and not taken from a library:
 * the derivatives re-use what a parameter does not change, which those cannot. Deterministic. null where `from` is no person.
 */
export function estimate(
  recording: Recording,
  prior: Prior,
  from: Float64Array,
  { fixed = new Set(), noise: initialNoise = SENSOR_NOISE, rounds = ROUNDS }: EstimationOptions = {},
): Estimate | null {
  const first = simulated(recording, from, 0);
  if (first === null) return null;
  let point: Point = { coordinates: from, start: 0, simulated: first };
  const precision = inverseOf(prior.covariance);
  let noise = initialNoise;
  let iterations = 0;
  let hasConverged = false;
  let hessian = precision;
  for (let round = 0; round < rounds; round += 1) {
    const whitening = whiteningOf(recording.at, noise);
    let damping = 1e-3;
    hasConverged = false;
    const limit = round === rounds - 1 ? MAX_ITERATIONS : MAX_ITERATIONS / 2;
    for (let i = 0; i < limit && !hasConverged; i += 1) {
      iterations += 1;
      const columns = derivativesOf(recording, point.coordinates, point.start, point.simulated);
      if (columns === null) break;
      const system = normalEquations(recording, prior.mean, precision, point, columns, whitening, fixed);
      hessian = system.hessian;
      const now = objective(recording, prior.mean, precision, point, whitening);
      let isBetter = false;
      for (; damping < 1e8; damping *= 10) {
        const next = moved(recording, point, system, damping);
        const then = next && objective(recording, prior.mean, precision, next, whitening);
        if (next === null || then === null || !(then < now)) continue;
        hasConverged = now - then < ENOUGH;
        point = next;
        isBetter = true;
        damping = Math.max(1e-6, damping / 10);
        break;
      }
      if (!isBetter) hasConverged = true;
    }
    if (round < rounds - 1) noise = noiseOf(recording.at, residualsOf(recording, point.simulated));
  }
  return {
    coordinates: point.coordinates,
    covariance: inverseOf(hessian).subMatrix(0, COORDINATES - 1, 0, COORDINATES - 1),
    noise,
    objective: objective(recording, prior.mean, precision, point, whiteningOf(recording.at, SENSOR_NOISE)),
    residuals: residualsOf(recording, point.simulated),
    hasConverged,
    iterations,
  };
}

interface System {
  readonly hessian: Matrix;
  readonly gradient: Float64Array;
  readonly fixed: ReadonlySet<number>;
}

function normalEquations(
  recording: Recording,
  mean: Float64Array,
  precision: Matrix,
  point: Point,
  columns: readonly Float64Array[],
  whitening: Whitening,
  fixed: ReadonlySet<number>,
): System {
  const size = COORDINATES + 1;
  const residuals = whitened(residualsOf(recording, point.simulated), whitening);
  const weights = residuals.map((r) => (Math.abs(r) <= HUBER ? 1 : HUBER / Math.abs(r)));
  const white = columns.map((column) => whitened(column, whitening));
  const hessian = Matrix.zeros(size, size);
  const gradient = new Float64Array(size);
  for (let i = 0; i < size; i += 1) {
    const left = white[i]!;
    for (let k = 0; k < residuals.length; k += 1) gradient[i]! += weights[k]! * left[k]! * residuals[k]!;
    for (let j = 0; j <= i; j += 1) {
      const right = white[j]!;
      let sum = 0;
      for (let k = 0; k < residuals.length; k += 1) sum += weights[k]! * left[k]! * right[k]!;
      hessian.set(i, j, sum);
      hessian.set(j, i, sum);
    }
  }
  for (let i = 0; i < COORDINATES; i += 1)
    for (let j = 0; j < COORDINATES; j += 1) {
      hessian.set(i, j, hessian.get(i, j) + precision.get(i, j));
      gradient[i]! -= precision.get(i, j) * (point.coordinates[j]! - mean[j]!);
    }
  hessian.set(COORDINATES, COORDINATES, hessian.get(COORDINATES, COORDINATES) + 1 / START_SD ** 2);
  gradient[COORDINATES]! -= point.start / START_SD ** 2;
  return { hessian, gradient, fixed };
}

/** The point one damped step on; null where the step leads to no person. */
function moved(
  recording: Recording,
  point: Point,
  { hessian, gradient, fixed }: System,
  damping: number,
): Point | null {
  const free = gradient.reduce<number[]>((all, _, i) => (fixed.has(i) ? all : [...all, i]), []);
  const damped = hessian.subMatrix(0, hessian.rows - 1, 0, hessian.columns - 1).selection(free, free);
  for (let i = 0; i < free.length; i += 1) damped.set(i, i, damped.get(i, i) * (1 + damping));
  const decomposition = new CholeskyDecomposition(damped);
  if (!decomposition.isPositiveDefinite()) return null;
  const step = decomposition.solve(Matrix.columnVector(free.map((i) => gradient[i]!)));
  const coordinates = Float64Array.from(point.coordinates);
  let start = point.start;
  for (const [row, i] of free.entries()) {
    if (i === COORDINATES) start += step.get(row, 0);
    else coordinates[i]! += step.get(row, 0);
  }
  const there = simulated(recording, coordinates, start);
  return there && { coordinates, start, simulated: there };
}

/** Twice the negative log posterior, but for a constant. */
function objective(
  recording: Recording,
  mean: Float64Array,
  precision: Matrix,
  point: Point,
  whitening: Whitening,
): number {
  let sum = (point.start / START_SD) ** 2;
  for (const r of whitened(residualsOf(recording, point.simulated), whitening)) {
    const size = Math.abs(r);
    sum += size <= HUBER ? r ** 2 : HUBER * (2 * size - HUBER);
  }
  for (let i = 0; i < COORDINATES; i += 1)
    for (let j = 0; j < COORDINATES; j += 1)
      sum += (point.coordinates[i]! - mean[i]!) * precision.get(i, j) * (point.coordinates[j]! - mean[j]!);
  return sum;
}

function residualsOf(recording: Recording, { atReadings }: Simulated): Float64Array {
  return recording.mgPerDl.map((value, i) => value - atReadings[i]!);
}
