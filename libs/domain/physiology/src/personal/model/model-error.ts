import { DRIFT_MINUTES, driftAt, driftOf, type DriftRule } from './drift.js';

/** Minutes after a branch at which the error of the model is known. */
export const ERROR_MINUTES = [30, 60, 120, 240] as const;

/** What the model does not know of a person, beyond the spread of its parameters. */
export interface ModelError {
  readonly drift: DriftRule;
  /** SD at `ERROR_MINUTES`, mg/dL, without the noise of the sensor. */
  readonly sd: readonly number[];
}

/** Noise of a sensor: SD, mg/dL, and correlation over 5 min (Facchinetti et al., IEEE Trans Biomed Eng 2014;61:1735). */
const SENSOR_SD = 4;
const SENSOR_PHI = 0.7;
const SENSOR_NEW = SENSOR_SD * Math.sqrt(1 - SENSOR_PHI ** 2);

const STEP_MINUTES = 5;
const MIN_FADES = 60;
const MAX_FADES = 600;

/**
 * Without a fit: errors of fitted parameters on real records (three people of LOOP, two of AZT1D, days after those of the fit), rounded up; the parameters of a
 * population are no better.
 */
export const UNFITTED_ERROR: ModelError = {
  drift: { fades: MAX_FADES, levelShare: 0.9, slopeShare: 0.8 },
  sd: [26, 42, 56, 65],
};

/** Of the residuals of a fit (reading minus simulated, at minutes, with their first-order noise): how they go on, and how far off that is. */
export function modelErrorOf(
  at: Int32Array,
  residuals: Float64Array,
  noise: { readonly phi: number; readonly sd: number },
): ModelError {
  const variance = noise.sd ** 2 / (1 - noise.phi ** 2);
  const beyond = Math.max(0, variance - SENSOR_SD ** 2);
  const beyondNew = Math.max(0, noise.sd ** 2 - SENSOR_NEW ** 2);
  const drift: DriftRule = {
    fades: Math.min(MAX_FADES, Math.max(MIN_FADES, -STEP_MINUTES / Math.log(Math.max(0.01, noise.phi)))),
    levelShare: beyond / (beyond + SENSOR_SD ** 2),
    slopeShare: beyondNew / (beyondNew + SENSOR_NEW ** 2),
  };
  return { drift, sd: ERROR_MINUTES.map((minutes) => errorAfter(minutes, at, residuals, drift)) };
}

/** SD of the error `minutes` after every reading from which the drift is carried on, mg/dL. */
function errorAfter(minutes: number, at: Int32Array, residuals: Float64Array, rule: DriftRule): number {
  let squares = 0;
  let count = 0;
  let later = 0;
  for (let i = 0; i < at.length; i += 1) {
    while (later < at.length && at[later]! < at[i]! + minutes - 2) later += 1;
    if (later === at.length) break;
    if (at[later]! > at[i]! + minutes + 2) continue;
    let first = i;
    while (first > 0 && at[first - 1]! >= at[i]! - DRIFT_MINUTES) first -= 1;
    const indices = Array.from({ length: i - first + 1 }, (_, k) => first + k);
    const drift = driftOf(
      indices.map((k) => at[k]! - at[i]!),
      indices.map((k) => residuals[k]!),
    );
    squares += (residuals[later]! - driftAt(drift, rule, minutes)) ** 2;
    count += 1;
  }
  return count === 0 ? 0 : Math.sqrt(Math.max(0, squares / count - SENSOR_SD ** 2));
}

const NAMES = [
  'errorFades',
  'errorLevelShare',
  'errorSlopeShare',
  ...ERROR_MINUTES.map((minutes) => `error${minutes}`),
];

/** As named numbers, to be stored with the estimates. */
export function namedError({ drift, sd }: ModelError): Readonly<Record<string, number>> {
  const values = [drift.fades, drift.levelShare, drift.slopeShare, ...sd];
  return Object.fromEntries(NAMES.map((name, i) => [name, values[i]!]));
}

/** From named numbers; null where one is missing. */
export function errorNamed(estimates: Readonly<Record<string, number>>): ModelError | null {
  const values = NAMES.map((name) => estimates[name] ?? Number.NaN);
  if (!values.every(Number.isFinite)) return null;
  const [fades, levelShare, slopeShare, ...sd] = values as [number, number, number, ...number[]];
  return { drift: { fades, levelShare, slopeShare }, sd };
}

/** Least SD as a share of glucose: even simulated people are not met exactly. */
const MIN_SHARE = 0.025;
/** Time in which the least is reached, min. */
const MIN_GROWS = 60;

/** SD of the error `minutes` after the branch at a glucose of `level`, mg/dL: between the known times linear in the variance, after the last constant. */
export function errorSdAt({ sd }: ModelError, minutes: number, level: number): number {
  const least = MIN_SHARE * level * Math.sqrt(1 - Math.exp(-minutes / MIN_GROWS));
  let before = 0;
  let varianceBefore = 0;
  for (const [i, after] of ERROR_MINUTES.entries()) {
    const variance = sd[i]! ** 2;
    if (minutes <= after) {
      const share = (minutes - before) / (after - before);
      return Math.max(least, Math.sqrt(varianceBefore + share * (variance - varianceBefore)));
    }
    before = after;
    varianceBefore = variance;
  }
  return Math.max(least, Math.sqrt(varianceBefore));
}
