import { completed, type UvaPadovaParameters } from '../../uva-padova/parameters.js';
import type { GlucoseReading } from '../model/inputs.js';
import { PERSONAL_PARAMETERS, personAt, type Part } from '../model/parameters.js';
import { MINUTE_MS, type Timeline } from '../model/timeline.js';
import {
  appearanceOf,
  glucoseAtRest,
  glucosePath,
  insulinAtRest,
  insulinOf,
  type Drives,
} from '../model/trajectory.js';

/** What a person recorded, prepared for fitting. */
export interface Recording {
  readonly timeline: Timeline;
  /** Minute of each reading and its value, ascending. */
  readonly at: Int32Array;
  readonly mgPerDl: Float64Array;
  /** Basal rate that counts as rest, [IU]/h. */
  readonly usualBasal: number;
  /** Level of the first readings, mg/dL. */
  readonly startLevel: number;
  readonly about: { readonly BW: number; readonly u2ss: number };
}

/** Time over which the first readings are averaged, min. */
const START_MINUTES = 30;

export function recordingOf(
  glucose: readonly GlucoseReading[],
  timeline: Timeline,
  usualBasal: number,
  weightKg: number,
): Recording {
  const inside = glucose
    .map(({ t, mgPerDl }) => ({ t, minute: Math.round((t - timeline.start) / MINUTE_MS), mgPerDl }))
    .filter(({ minute }) => minute >= 0 && minute <= timeline.minutes)
    .toSorted((a, b) => a.t - b.t || a.mgPerDl - b.mgPerDl)
    .filter(({ minute }, index, all) => index === 0 || minute > all[index - 1]!.minute);
  const at = Int32Array.from(inside, ({ minute }) => minute);
  const values = Float64Array.from(inside, ({ mgPerDl }) => mgPerDl);
  return {
    timeline,
    at,
    mgPerDl: values,
    usualBasal,
    startLevel: levelOf(at, values),
    about: { BW: weightKg, u2ss: (usualBasal * 100) / weightKg },
  };
}

/** A simulation of a recording that can be repeated with one part changed. */
export interface Simulated {
  /** Glucose at the readings, mg/dL. */
  readonly atReadings: Float64Array;
  readonly drives: Drives;
}

/**
 * Simulates the recording at coordinates. `start` is added to the level of the first readings. Parts that did not change are taken over from `base`.
 * null where these coordinates are no person: no equilibrium, or not a number.
 */
export function simulated(
  recording: Recording,
  coordinates: ArrayLike<number>,
  start: number,
  base?: { readonly of: Simulated; readonly changed: Part },
): Simulated | null {
  const p = completed(personAt(coordinates, recording.about));
  if (!isPerson(p)) return null;
  const { timeline, usualBasal } = recording;
  const old = base?.of.drives;
  const insulin = old && base.changed !== 'insulin' ? old : insulinOf(p, timeline, insulinAtRest(p, usualBasal));
  const appearance = old && base.changed !== 'stomach' ? old : appearanceOf(p, timeline);
  const drives: Drives = {
    action: insulin.action,
    delayed: insulin.delayed,
    insulinAtEnd: insulin.insulinAtEnd,
    appearance: appearance.appearance,
    stomachAtEnd: appearance.stomachAtEnd,
  };
  const from = glucoseAtRest(p, recording.startLevel + start, drives.action[0]!);
  const { path } = glucosePath(p, drives, timeline, from);
  const atReadings = Float64Array.from(recording.at, (minute) => path[minute]!);
  return Number.isFinite(atReadings.at(-1)) ? { atReadings, drives } : null;
}

export function isPerson(p: UvaPadovaParameters): boolean {
  return p.EGPb > p.Fsnc && p.Vm0 > 0 && p.b > p.d;
}

/** Step of the differences, in the coordinates and in mg/dL of the start. */
const STEP = 0.005;
const START_STEP = 0.5;

/** Derivatives of glucose at the readings by each coordinate, and by the start as the last. null as in `simulated`. */
export function derivativesOf(
  recording: Recording,
  coordinates: Float64Array,
  start: number,
  base: Simulated,
): Float64Array[] | null {
  const columns: Float64Array[] = [];
  for (const [index, { part }] of PERSONAL_PARAMETERS.entries()) {
    const moved = Float64Array.from(coordinates);
    moved[index]! += STEP;
    const there = simulated(recording, moved, start, { of: base, changed: part });
    if (there === null) return null;
    columns.push(there.atReadings.map((value, i) => (value - base.atReadings[i]!) / STEP));
  }
  const there = simulated(recording, coordinates, start + START_STEP, { of: base, changed: 'glucose' });
  if (there === null) return null;
  columns.push(there.atReadings.map((value, i) => (value - base.atReadings[i]!) / START_STEP));
  return columns;
}

/** The last `minutes` of a recording; insulin and meals before count as given. */
export function recentOf(recording: Recording, minutes: number): Recording {
  const { timeline, at, mgPerDl } = recording;
  const skipped = timeline.minutes - minutes;
  if (skipped <= 0) return recording;
  const firstReading = at.findIndex((minute) => minute >= skipped);
  if (firstReading < 0) return recording;
  return {
    ...recording,
    timeline: {
      start: timeline.start + skipped * MINUTE_MS,
      minutes,
      insulin: timeline.insulin.subarray(skipped),
      eaten: timeline.eaten.subarray(skipped),
      exercise: timeline.exercise.subarray(skipped),
    },
    at: at.slice(firstReading).map((minute) => minute - skipped),
    mgPerDl: mgPerDl.slice(firstReading),
    startLevel: levelOf(at.slice(firstReading), mgPerDl.slice(firstReading)),
  };
}

/** Mean of the first readings. */
function levelOf(at: Int32Array, mgPerDl: Float64Array): number {
  const first = mgPerDl.filter((_, i) => at[i]! <= at[0]! + START_MINUTES);
  return first.reduce((sum, value) => sum + value, 0) / first.length;
}
