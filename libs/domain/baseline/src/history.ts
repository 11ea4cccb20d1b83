import type { BaselineSpec } from './baseline-specs.js';
import { BINS_A_DAY, placeOf } from './day-bin.js';
import { madSpread, median, nextLocation, nextSpread, quartileSpread, rounded } from './robust.js';

/** Days at one time of day before it says anything: two of five may be out of the ordinary. */
export const DAYS_TO_KNOW = 5;
/** Days over which the past fades: gains never fall under 1/21. */
const DAYS_KEPT = 21;
/** How many days the assumed spreads are worth. */
const ASSUMED_DAYS = 5;
/** Fewer values within three hours give no spread within them. */
const MIN_FOR_SPREAD = 4;
/** A pause longer than this begins anew: the person may be another in it. In bins. */
const MAX_PAUSE = 28 * BINS_A_DAY;

/** Three hours of one day: number of the bin, median, and the spread within where there are enough values. */
export type Summary = readonly [bin: number, median: number, spread: number | null];

/** One time of day as learned so far. `first` are the medians of the first days, until they are enough to know. */
export type TimeOfDay = readonly [
  days: number,
  location: number,
  within: number,
  between: number,
  first?: readonly number[],
];

/** What was learned of one measure: the newest bin in it, and by place in the day. */
export interface History {
  readonly newest: number;
  readonly places: readonly (TimeOfDay | null)[];
}

const NOTHING: History['places'] = Array.from({ length: BINS_A_DAY }, () => null);

/** Of at least one value; the order of the values does not matter. */
export function summaryOf(bin: number, values: readonly number[]): Summary {
  return [bin, rounded(median(values)), values.length < MIN_FOR_SPREAD ? null : rounded(quartileSpread(values))];
}

/** Whether so long has passed since the newest learned bin that nothing is known any more. */
export function isOutdated(history: History, bin: number): boolean {
  return bin - history.newest > MAX_PAUSE;
}

/** The history with one more day at one time of day. Summaries must come in order of their bins. */
export function learn(spec: BaselineSpec, history: History | null, [bin, day, spread]: Summary): History {
  const places = history === null || isOutdated(history, bin) ? NOTHING : history.places;
  const place = placeOf(bin);
  return { newest: bin, places: places.with(place, learnDay(spec, places[place] ?? null, day, spread)) };
}

function learnDay(spec: BaselineSpec, before: TimeOfDay | null, day: number, spread: number | null): TimeOfDay {
  const [days, location, within, between, first = []] = before ?? [0, day, spec.within, spec.between];
  const slowGain = Math.max(1 / (days + 1 + ASSUMED_DAYS), 1 / DAYS_KEPT);
  // However restless a day, it counts as at most twice as restless as usual.
  const restless = spread === null ? within : Math.min(spread, 2 * within + spec.least);
  const nextWithin = rounded(within + slowGain * (restless - within));
  if (days >= DAYS_TO_KNOW) {
    const gain = Math.max(1 / (days + 1), 1 / DAYS_KEPT);
    const nextBetween = nextSpread(between, day - location, slowGain);
    return [
      Math.min(days + 1, DAYS_KEPT),
      rounded(nextLocation(location, day, spreadOf(spec, within, between), gain)),
      nextWithin,
      rounded(Math.max(nextBetween, spec.least / 2)),
    ];
  }
  const all = [...first, day];
  if (all.length < DAYS_TO_KNOW) return [days + 1, median(all), nextWithin, between, all];
  const squares = madSpread(all) ** 2 * DAYS_TO_KNOW + spec.between ** 2 * ASSUMED_DAYS;
  const known = Math.sqrt(squares / (DAYS_TO_KNOW + ASSUMED_DAYS));
  return [days + 1, rounded(median(all)), nextWithin, rounded(known)];
}

/** Spread of single values about what is usual: within the three hours and from day to day. */
export function spreadOf(spec: BaselineSpec, within: number, between: number): number {
  return Math.max(spec.least, Math.hypot(within, between));
}
