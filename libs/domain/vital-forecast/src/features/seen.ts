import type { Chart } from '../memory/chart.js';
import { HOUR_MS, newestTime, type Hour, type KeptValue } from '../memory/hours.js';
import { areOfDifferentSensors } from '../memory/value-keys.js';
import { PastHours } from './past-hours.js';

/** What was known of one measure at a time: nothing of it is later. */
export interface Seen {
  /** The newest value and its time, ms. */
  readonly newest: number;
  readonly at: number;
  /** Where the measure stands: median of the newest values of the last five minutes. */
  readonly level: number;
  /** By how much the newest value's sensor differs from another one, by the medians of these minutes; 0: there is one sensor. */
  readonly disagreement: number;
  /** The hours with a value. */
  readonly hours: PastHours;
}

const LEVEL_MS = 5 * 60_000;
const KEPT_MS = 24 * HOUR_MS;

/**
 * What is read off one chart, each thing once: which hours were over and what they say is mostly the same whenever it is asked. A chart is never changed, so nothing
 * goes stale.
 */
export class ChartReading {
  private readonly answers = new Map<number, Seen | undefined>();
  private readonly hours = new Map<number, PastHours>();

  constructor(private readonly chart: Chart) {}

  /**
   * The chart as it was at `at` (ms). The hour in which `at` lies is left out where it is known by its sum only and holds later values; its level then comes from
   * the recent minutes. Undefined: no value of the 24 h before.
   */
  at(at: number): Seen | undefined {
    const known = this.answers.get(at);
    if (known !== undefined || this.answers.has(at)) return known;
    const seen = this.read(at);
    this.answers.set(at, seen);
    return seen;
  }

  private read(at: number): Seen | undefined {
    const hours = this.hoursAt(at);
    const recent = this.chart.recent.filter(({ t }) => t <= at && t > at - KEPT_MS);
    const minute = recent.at(-1);
    const last = hours.newest;
    const isMinuteNewest = minute !== undefined && minute.t >= (last?.t ?? minute.t);
    const newest = isMinuteNewest ? minute : last;
    if (newest === undefined) return undefined;
    const minutes = recent.filter(({ t }) => t > newest.t - LEVEL_MS);
    const level = minutes.length < 2 ? newest.x : median(minutes.map(({ x }) => x));
    return {
      newest: newest.x,
      at: newest.t,
      level,
      disagreement: disagreementOf(minutes),
      hours: last === undefined ? new PastHours([{ values: [minute!] }]) : hours,
    };
  }

  /** The hours of the 24 h before, as far as they were over or had values. */
  private hoursAt(at: number): PastHours {
    const { earlier, open } = this.chart;
    let from = 0;
    while (from < earlier.length && newestTime(earlier[from]!) <= at - KEPT_MS) from++;
    let to = earlier.length;
    while (to > from && newestTime(earlier[to - 1]!) > at) to--;
    const next = to < earlier.length ? earlier[to]! : open;
    const isWhole = to === earlier.length && newestTime(open) <= at && newestTime(open) > at - KEPT_MS;
    const cut = isWhole ? undefined : valuesUntil(next, at);
    if (cut !== undefined) return new PastHours([...earlier.slice(from, to), cut]);
    const key = from * 64 + to * 2 + Number(isWhole);
    let hours = this.hours.get(key);
    if (hours === undefined) {
      hours = new PastHours([...earlier.slice(from, to), ...(isWhole ? [open] : [])]);
      this.hours.set(key, hours);
    }
    return hours;
  }
}

/** The part of an hour up to `at`, where its values are known singly; undefined: nothing of the 24 h before. */
function valuesUntil(hour: Hour, at: number): Hour | undefined {
  if (!('values' in hour)) return undefined;
  const values = hour.values.filter(({ t }) => t <= at);
  const newest = values.at(-1);
  return newest === undefined || newest.t <= at - KEPT_MS ? undefined : { values };
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

/** Of a few values. */
function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
