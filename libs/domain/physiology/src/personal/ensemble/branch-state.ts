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
import { DRIFT_MINUTES, driftOf, type Drift } from '../model/drift.js';

/** One possible person in one possible state at the branch. */
export interface Draw {
  readonly person: UvaPadovaParameters;
  readonly insulin: Float64Array;
  readonly stomach: StomachState;
  readonly glucose: GlucoseState;
  /** Glucose at the end of the history, mg/dL. */
  readonly level: number;
  /** How far the simulation of the history is off at its end. */
  readonly drift: Drift;
}

/**
 * Simulates the history of a person. The state is not moved to the readings: what the simulation is off is carried on beside it (`driftAt`), as the noise of the
 * fit is. Moving the state instead was worse on real records: the model returns to its own level within an hour, people do not.
 */
export function broughtTo(person: UvaPadovaParameters, recording: Recording): Draw {
  const { timeline, startLevel, usualBasal, at, mgPerDl } = recording;
  const insulin = insulinOf(person, timeline, insulinAtRest(person, usualBasal));
  const { appearance, stomachAtEnd } = appearanceOf(person, timeline);
  const { path, end } = glucosePath(
    person,
    { ...insulin, appearance },
    timeline,
    glucoseAtRest(person, startLevel, insulin.action[0]!),
  );
  const recent = [...at.keys()].filter((i) => at[i]! >= at.at(-1)! - DRIFT_MINUTES);
  const drift = driftOf(
    recent.map((i) => at[i]! - timeline.minutes),
    recent.map((i) => mgPerDl[i]! - path[at[i]!]!),
  );
  return { person, insulin: insulin.insulinAtEnd, stomach: stomachAtEnd, glucose: end, level: path.at(-1)!, drift };
}
