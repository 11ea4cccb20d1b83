import type { ObservedMeal } from './observed-absorption.js';

const MINUTE_MS = 60_000;
const STEP_MS = 5 * MINUTE_MS;

/** Delay that is counted before absorption where nothing was observed yet, min. */
export interface ReadOptions {
  readonly delayMinutes: number;
}

/** Carbohydrates of observed meals that are not absorbed at `at` (ms), g: as seen, then as expected (Loop, `CarbStatus`). */
export function observedOnBoard(meals: readonly ObservedMeal[], at: number, { delayMinutes }: ReadOptions): number {
  let sum = 0;
  for (const meal of meals) {
    const { entry, timeline } = meal;
    if (at < entry.t - STEP_MS) continue;
    const seenUntil = timeline?.at(-1)?.until;
    if (seenUntil === undefined || at > seenUntil) sum += entry.grams - expected(meal, at, delayMinutes);
    else
      sum += Math.max(
        0,
        timeline!.reduce((left, { until, grams }) => (until <= at ? left - grams : left), entry.grams),
      );
  }
  return sum;
}

/** What observed meals have done to glucose by `at`, mg/dL. */
export function observedEffect(
  meals: readonly ObservedMeal[],
  at: number,
  options: ReadOptions & { readonly perGram: number },
): number {
  return meals.reduce((sum, meal) => sum + options.perGram * absorbed(meal, at, options.delayMinutes), 0);
}

function absorbed(meal: ObservedMeal, at: number, delayMinutes: number): number {
  const { entry, timeline, options } = meal;
  if (at < entry.t)
    return entry.grams * options.shape.absorbedAt(((at - entry.t) / MINUTE_MS - delayMinutes) / duration(meal));
  const seenUntil = timeline?.at(-1)?.until;
  if (seenUntil === undefined || at > seenUntil) return expected(meal, at, delayMinutes);
  const begun = timeline!.filter(({ from }) => from + STEP_MS <= at);
  const last = begun.pop();
  let sum = last ? (Math.min(1, (at - last.from) / (last.until - last.from)) || 0) * last.grams : 0;
  for (const { grams } of begun) sum += grams;
  return Math.min(sum, entry.grams);
}

/** Absorbed by the shape: from the meal where nothing was seen, else on from what was seen, g. */
function expected(meal: ObservedMeal, at: number, delayMinutes: number): number {
  const { entry, timeline, options, minutesForObserved, minutesRemaining } = meal;
  const seenUntil = timeline?.at(-1)?.until;
  if (seenUntil === undefined)
    return entry.grams * options.shape.absorbedAt(((at - entry.t) / MINUTE_MS - delayMinutes) / duration(meal));
  const minutes = (at - seenUntil) / MINUTE_MS + minutesForObserved;
  return entry.grams * options.shape.absorbedAt(minutes / (minutesForObserved + minutesRemaining));
}

function duration({ observedMinutes, minutesRemaining }: ObservedMeal): number {
  return observedMinutes + minutesRemaining;
}
