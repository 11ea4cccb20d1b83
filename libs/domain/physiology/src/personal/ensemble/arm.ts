import { refuse, seeded, type ModelRefusal } from '#libs/domain/forecasting';
import { basalHistoryOf } from '../model/basal-history.js';
import { inputsRefusal } from '../model/checks.js';
import { driftAt } from '../model/drift.js';
import type { PersonalInputs } from '../model/inputs.js';
import { errorSdAt } from '../model/model-error.js';
import { MINUTE_MS, timelineOf, type Timeline } from '../model/timeline.js';
import { appearanceOf, glucosePath, insulinOf } from '../model/trajectory.js';
import type { Draw } from './branch-state.js';
import type { Ensemble } from './ensemble.js';

/** Glucose of every draw in one arm. */
export interface ArmPaths {
  readonly kind: 'paths';
  /** Minutes after the branch of each value. */
  readonly minutes: readonly number[];
  /** By draw: mg/dL at `minutes`. Draw i of one arm and draw i of another are the same person with the same error. */
  readonly paths: readonly Float64Array[];
}

/** Simulated glucose is held in what a sensor can show, mg/dL. */
const LOWEST = 10;
const HIGHEST = 800;

/**
 * Runs the ensemble for `minutes` with these inputs (all of them: also those before the branch, of which a meal may still be eaten). Values at 0,
 * `stepMinutes`, … Arms of one ensemble share people and errors (common random numbers).
 */
export function runArm(
  ensemble: Ensemble,
  inputs: PersonalInputs,
  minutes: number,
  stepMinutes: number,
): ArmPaths | ModelRefusal {
  const refusal = inputsRefusal(inputs);
  if (refusal !== null) return refusal;
  if (!(Number.isInteger(minutes) && Number.isInteger(stepMinutes) && stepMinutes >= 1 && minutes >= stepMinutes))
    return refuse('outside-domain', 'An arm needs whole minutes and a whole step that is not longer.');
  const arm = timelineFrom(ensemble, inputs, minutes);
  const bounds = boundsOf(arm, timelineFrom(ensemble, ensemble.baseline, minutes));
  const at = Array.from({ length: Math.floor(minutes / stepMinutes) + 1 }, (_, i) => i * stepMinutes);
  const paths = ensemble.draws.map((draw, index) => {
    const path = boundedPath(draw, arm, bounds);
    return withError(path, ensemble, draw, index, at);
  });
  return { kind: 'paths', minutes: at, paths };
}

function timelineFrom({ from, basalUnitsPerHour }: Ensemble, inputs: PersonalInputs, minutes: number): Timeline {
  const { segments } = basalHistoryOf(inputs.basal, from, from + minutes * MINUTE_MS, basalUnitsPerHour);
  return timelineOf({ ...inputs, basal: segments }, from, minutes);
}

/** Meals with which an arm is compared, so that more carbohydrates never lower and fewer never raise glucose. */
interface Bounds {
  /** What arm and baseline both eat; null: just the arm. */
  readonly common: Float64Array | null;
  readonly baseline: Float64Array | null;
}

function boundsOf({ eaten }: Timeline, { eaten: baseline }: Timeline): Bounds {
  const isMore = eaten.some((bite, i) => bite > baseline[i]!);
  const isLess = eaten.some((bite, i) => bite < baseline[i]!);
  return {
    common: isMore ? eaten.map((bite, i) => Math.min(bite, baseline[i]!)) : null,
    baseline: isLess ? baseline : null,
  };
}

/**
 * The UVA/Padova stomach begins its emptying anew with each meal, so that a snack on a full stomach delays what was there and lowers glucose later by tens of
 * mg/dL. No such effect is known in people: an arm that adds carbohydrates is held above, one that removes them below the path without the change.
 */
function boundedPath(draw: Draw, arm: Timeline, { common, baseline }: Bounds): Float64Array {
  const insulin = insulinOf(draw.person, arm, draw.insulin);
  const pathOf = (eaten: Float64Array): Float64Array => {
    const timeline = { ...arm, eaten };
    const { appearance } = appearanceOf(draw.person, timeline, draw.stomach);
    return glucosePath(draw.person, { ...insulin, appearance }, timeline, draw.glucose).path;
  };
  const own = pathOf(arm.eaten);
  if (common === null && baseline === null) return own;
  let reduced = common === null ? own : pathOf(common);
  if (baseline !== null) {
    const without = pathOf(baseline);
    reduced = reduced.map((value, i) => Math.min(value, without[i]!));
  }
  return common === null ? reduced : own.map((value, i) => Math.max(value, reduced[i]!));
}

/** Random numbers of errors of the sensor, apart from those of the draws. */
const SENSOR_STREAM = 0x7fffffff;

/** Correlation of the error over this time falls to 1/e, min. */
const CORRELATED_MINUTES = 120;

/**
 * What is added to a simulated path: the drift from the newest readings, and an error whose spread grows as it did in the record of the fit. By draw, and the
 * same in every arm.
 */
function withError(
  path: Float64Array,
  { seed, error, sensorSd }: Ensemble,
  draw: Draw,
  index: number,
  at: readonly number[],
): Float64Array {
  const random = seeded(seed, index + 1);
  let state = random.normal();
  const sensor = sensorSd === 0 ? 0 : sensorSd * seeded(seed, SENSOR_STREAM - index).normal();
  return Float64Array.from(at, (minute, i) => {
    if (i > 0) {
      const carried = Math.exp(-(minute - at[i - 1]!) / CORRELATED_MINUTES);
      state = carried * state + Math.sqrt(1 - carried ** 2) * random.normal();
    }
    const off = sensor + driftAt(draw.drift, error.drift, minute) + state * errorSdAt(error, minute, draw.level);
    return Math.min(HIGHEST, Math.max(LOWEST, path[minute]! + off));
  });
}
