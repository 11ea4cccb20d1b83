/**
 * What forecasts without a model say. A model that is not better than these is not worth its place.
 */

/** Readings of a continuous glucose sensor are 5 min apart: one step of `ar2`. */
const STEP_MINUTES = 5;
/** Bounds of what a sensor shows, mg/dL; Nightscout clamps each step to them. */
const MIN_MGDL = 36;
const MAX_MGDL = 400;
const NORMAL = 140;
const NEWEST_WEIGHT = 1.716;
const PREVIOUS_WEIGHT = -0.723;

/** The newest value goes on. */
export function persistence(newest: number): number {
  return newest;
}

/**
 * Glucose (mg/dL) `minutes` after the newest of two readings 5 min apart, by a second-order autoregression of ln(glucose / 140): the formula and the
 * clamps of Nightscout's AR2 forecast. Minutes are rounded down to whole steps of 5 min; 0 gives the newest reading within the clamps.
 */
export function ar2(previous: number, newest: number, minutes: number): number {
  let before = logOf(previous);
  let now = logOf(newest);
  for (let step = STEP_MINUTES; step <= minutes; step += STEP_MINUTES) {
    const next = clamped(PREVIOUS_WEIGHT * before + NEWEST_WEIGHT * now);
    before = now;
    now = next;
  }
  return NORMAL * Math.exp(now);
}

const LOWEST_LOG = Math.log(MIN_MGDL / NORMAL);
const HIGHEST_LOG = Math.log(MAX_MGDL / NORMAL);

function logOf(mgdl: number): number {
  return mgdl > 0 ? clamped(Math.log(mgdl / NORMAL)) : LOWEST_LOG;
}

function clamped(log: number): number {
  return Math.min(HIGHEST_LOG, Math.max(LOWEST_LOG, log));
}

/**
 * Means over people, by catalogue number, in canonical units. Glucose: 209,800 readings of the rows marked `train` of LOOP, AZT1D and T1D-UOM (17 people with
 * type 1 diabetes). The vital signs: 22,659 hours of 600 ICU stays (PhysioNet Challenge 2019). Rounded; no row marked `val` and no stay of the hourly
 * vital signs that are forecast is among them.
 */
const POPULATION_MEANS: ReadonlyMap<number, number> = new Map([
  [1, 85],
  [3, 97.2],
  [4, 18.8],
  [5, 124],
  [7, 83],
  [8, 36.9],
  [9, 151],
]);

/** The mean over people of a measure by its catalogue number; undefined where none is known. */
export function populationMean(code: number): number | undefined {
  return POPULATION_MEANS.get(code);
}
