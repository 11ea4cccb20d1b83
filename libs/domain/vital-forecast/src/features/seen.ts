import type { Chart } from '../memory/chart.js';
import { countOf, HOUR_MS, meanOf, newestTime, newestValue, type Hour, type KeptValue } from '../memory/hours.js';
import { areOfDifferentSensors } from '../memory/value-keys.js';

/** What was known of one measure at a time: nothing of it is later. */
export interface Seen {
  /** The newest value and its time, ms. */
  readonly newest: number;
  readonly at: number;
  /** Where the measure stands: median of the newest values of the last five minutes. */
  readonly level: number;
  /** By how much the newest value's sensor differs from another one, by the medians of these minutes; 0: there is one sensor. */
  readonly disagreement: number;
  /** Mean of each hour with a value, ascending in time. */
  readonly means: readonly number[];
  /** Age of the newest value of each of these hours, h. */
  readonly ages: readonly number[];
  /** Values counted. */
  readonly count: number;
}

const LEVEL_MS = 5 * 60_000;
const KEPT_MS = 24 * HOUR_MS;

/**
 * The chart as it was at `at` (ms). The hour in which `at` lies is left out where it is known by its sum only and holds later values; its level then comes from
 * the recent minutes. Undefined: no value of the 24 h before.
 */
export function seenAt(chart: Chart, at: number): Seen | undefined {
  const means: number[] = [];
  const ages: number[] = [];
  let count = 0;
  let last: { readonly x: number; readonly t: number } | undefined;
  const add = (hour: Hour): void => {
    const t = newestTime(hour);
    if (t <= at - KEPT_MS) return;
    if (t <= at) {
      means.push(meanOf(hour));
      ages.push((at - t) / HOUR_MS);
      count += countOf(hour);
      last = { x: newestValue(hour), t };
    } else if ('values' in hour) {
      const values = hour.values.filter((value) => value.t <= at);
      if (values.length > 0) add({ values });
    }
  };
  for (const hour of chart.earlier) add(hour);
  add(chart.open);
  const recent = chart.recent.filter(({ t }) => t <= at && t > at - KEPT_MS);
  const minute = recent.at(-1);
  const newest = minute !== undefined && minute.t >= (last?.t ?? minute.t) ? minute : last;
  if (newest === undefined) return undefined;
  if (last === undefined) {
    means.push(newest.x);
    ages.push((at - newest.t) / HOUR_MS);
    count = 1;
  }
  const minutes = recent.filter(({ t }) => t > newest.t - LEVEL_MS);
  const level = minutes.length < 2 ? newest.x : median(minutes.map(({ x }) => x));
  return { newest: newest.x, at: newest.t, level, disagreement: disagreementOf(minutes), means, ages, count };
}

/** Medians, so that one odd value of a stream is no disagreement. */
function disagreementOf(recent: readonly KeptValue[]): number {
  const newest = recent.at(-1);
  if (newest === undefined) return 0;
  const others = recent.filter(({ id }) => areOfDifferentSensors(id, newest.id));
  if (others.length === 0) return 0;
  const own = median(recent.filter((value) => !others.includes(value)).map(({ x }) => x));
  return Math.abs(own - median(others.map(({ x }) => x)));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
