import type { PersonalInputs } from './inputs.js';

export const MINUTE_MS = 60_000;

/** g/min at which meals are eaten, as in the UVA/Padova simulator. */
const EATING_RATE = 5;
const MG_PER_GRAM = 1000;

/** Inputs by the minute, from a start. */
export interface Timeline {
  /** ms. */
  readonly start: number;
  readonly minutes: number;
  /** Insulin given within each minute, [IU]. */
  readonly insulin: Float64Array;
  /** Carbohydrates eaten within each minute, mg. */
  readonly eaten: Float64Array;
  /** Exercise intensity in each minute, 0 to 1. */
  readonly exercise: Float64Array;
}

/**
 * Inputs of `minutes` minutes from `start`; what lies outside is left out. Events fall into the minute in which they happen; in what order they are given does
 * not matter, to the last bit.
 */
export function timelineOf(inputs: PersonalInputs, start: number, minutes: number): Timeline {
  const insulin = new Float64Array(minutes);
  const eaten = new Float64Array(minutes);
  const exercise = new Float64Array(minutes);
  const minuteOf = (t: number): number => Math.floor((t - start) / MINUTE_MS);
  for (const { from, until, unitsPerHour } of inputs.basal.toSorted((a, b) => a.from - b.from))
    overlap(from, until, (at, share) => (insulin[at]! += (unitsPerHour / 60) * share));
  for (const { from, until, percent } of inputs.exercise.toSorted((a, b) => a.from - b.from || a.percent - b.percent))
    overlap(from, until, (at, share) => (exercise[at]! += (percent / 100) * share));
  for (const { t, units } of inputs.boluses.toSorted((a, b) => a.t - b.t || a.units - b.units)) {
    const at = minuteOf(t);
    if (at >= 0 && at < minutes) insulin[at]! += units;
  }
  for (const { t, grams } of inputs.carbohydrates.toSorted((a, b) => a.t - b.t || a.grams - b.grams)) {
    let left = grams;
    for (let at = minuteOf(t); left > 0 && at < minutes; at += 1) {
      const bite = Math.min(EATING_RATE, left);
      left -= bite;
      if (at >= 0) eaten[at]! += bite * MG_PER_GRAM;
    }
  }
  // Statements of exercise that overlap do not add up to more than all one can.
  return { start, minutes, insulin, eaten, exercise: exercise.map((share) => Math.min(1, share)) };

  function overlap(from: number, until: number, add: (minute: number, share: number) => void): void {
    const first = Math.max(0, minuteOf(from));
    const last = Math.min(minutes - 1, minuteOf(until));
    for (let at = first; at <= last; at += 1) {
      const begin = start + at * MINUTE_MS;
      const share = (Math.min(until, begin + MINUTE_MS) - Math.max(from, begin)) / MINUTE_MS;
      if (share > 0) add(at, share);
    }
  }
}
