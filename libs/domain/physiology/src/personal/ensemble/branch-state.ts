import type { UvaPadovaParameters } from '../../uva-padova/parameters.js';
import type { Recording } from '../fit/record.js';
import {
  appearanceOf,
  glucoseAtRest,
  glucosePath,
  insulinAtRest,
  insulinOf,
  type GlucoseState,
  type StomachState,
} from '../model/trajectory.js';
import { SENSOR_SD, type ModelError } from './model-error.js';

/** One possible person in one possible state at the branch. */
export interface Draw {
  readonly person: UvaPadovaParameters;
  readonly insulin: Float64Array;
  readonly stomach: StomachState;
  readonly glucose: GlucoseState;
  /** Glucose in each minute of the history, mg/dL. */
  readonly path: Float64Array;
}

/** Simulates the history of a person. */
export function broughtTo(person: UvaPadovaParameters, { timeline, startLevel, usualBasal }: Recording): Draw {
  const insulin = insulinOf(person, timeline, insulinAtRest(person, usualBasal));
  const { appearance, stomachAtEnd } = appearanceOf(person, timeline);
  const { path, end } = glucosePath(
    person,
    { ...insulin, appearance },
    timeline,
    glucoseAtRest(person, startLevel, insulin.action[0]!),
  );
  return { person, insulin: insulin.insulinAtEnd, stomach: stomachAtEnd, glucose: end, path };
}

/** Readings of this span before the branch correct the state, min. */
const CORRECTION_MINUTES = 30;

/**
 * Corrects each draw towards the newest readings, as far as the error of the model and the spread of the draws outweigh the noise of the sensor (the gain of a
 * Kalman filter for the level of glucose).
 */
export function corrected(
  draws: readonly Draw[],
  { at, mgPerDl, timeline }: Recording,
  error: ModelError,
): readonly Draw[] {
  const recent = [...at.keys()].filter((i) => at[i]! >= timeline.minutes - CORRECTION_MINUTES);
  if (recent.length === 0) return draws;
  const residuals = draws.map(
    ({ path }) => recent.reduce((sum, i) => sum + mgPerDl[i]! / path[at[i]!]! - 1, 0) / recent.length,
  );
  const mean = residuals.reduce((sum, value) => sum + value, 0) / residuals.length;
  const spread = residuals.reduce((sum, value) => sum + (value - mean) ** 2, 0) / residuals.length;
  const level = recent.reduce((sum, i) => sum + mgPerDl[i]!, 0) / recent.length;
  const believed = error.beyondSensor ** 2 + spread;
  const gain = believed / (believed + sensorVariance(recent.length) / level ** 2);
  return draws.map((draw, i) => {
    const factor = Math.max(0.2, 1 + gain * residuals[i]!);
    const { plasma, tissue, skin } = draw.glucose;
    return { ...draw, glucose: { plasma: plasma * factor, tissue: tissue * factor, skin: skin * factor } };
  });
}

/** Variance of the mean of `n` neighbouring readings, (mg/dL)²; correlation 0.7 over 5 min. */
function sensorVariance(n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i += 1) for (let j = 0; j < n; j += 1) sum += 0.7 ** Math.abs(i - j);
  return (SENSOR_SD ** 2 * sum) / n ** 2;
}
