import type { MeasureName } from './measure.js';

export type Trend = 'rising' | 'falling' | 'steady';

/** How the trend of a measure is judged. */
export interface TrendRule {
  /** How far back from the newest value it looks, ms. */
  readonly windowMs: number;
  /** Least change over the window that is not called steady, in the measure's unit. */
  readonly change: number;
}

/** A measured value at a time, ms. */
export interface TrendPoint {
  readonly t: number;
  readonly x: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Values of continuous monitoring are compared over half an hour, those that are charted over two shifts' rounds. */
const MONITORED = 30 * MINUTE;
const CHARTED = 12 * HOUR;

/**
 * For a glance at a list of patients: a display rule, not validated and no input of any alert. The changes are chosen: for glucose that of a
 * slanted arrow of glucose monitors (1 mg/dL in a minute), for the others about one step of the NEWS2 chart.
 */
export const TREND_RULES: Readonly<Partial<Record<MeasureName, TrendRule>>> = {
  'heart-rate': { windowMs: MONITORED, change: 15 },
  'oxygen-saturation': { windowMs: MONITORED, change: 2 },
  'respiratory-rate': { windowMs: MONITORED, change: 4 },
  glucose: { windowMs: MONITORED, change: 30 },
  'systolic-pressure': { windowMs: CHARTED, change: 20 },
  'diastolic-pressure': { windowMs: CHARTED, change: 15 },
  'mean-pressure': { windowMs: CHARTED, change: 15 },
  'body-temperature': { windowMs: CHARTED, change: 0.8 },
};

/** Into how many equal parts the window is cut; the newest value of each part counts, so that a value a second weighs no more than one in five minutes. */
export const TREND_PARTS = 6;
/** Fewer values, or values over less than this share of the window, are too few. */
const MIN_POINTS = 3;
const MIN_SHARE = 1 / 3;

/**
 * The median of the slopes between every two of the points (Theil and Sen), as a change over the whole window: one odd value does not turn it.
 *
 * @param points the newest of each part of the window, in any order; older ones than the window are left out
 * @returns null when there are too few
 */
export function trendOfPoints({ windowMs, change }: TrendRule, points: readonly TrendPoint[]): Trend | null {
  const newest = points.reduce((most, { t }) => Math.max(most, t), Number.NEGATIVE_INFINITY);
  const counted = points.filter(({ t }) => t > newest - windowMs);
  const oldest = counted.reduce((least, { t }) => Math.min(least, t), newest);
  if (counted.length < MIN_POINTS || newest - oldest < windowMs * MIN_SHARE) return null;
  const slopes: number[] = [];
  for (const [n, a] of counted.entries())
    for (const b of counted.slice(n + 1)) if (a.t !== b.t) slopes.push((b.x - a.x) / (b.t - a.t));
  const moved = medianOf(slopes) * windowMs;
  if (moved >= change) return 'rising';
  return moved <= -change ? 'falling' : 'steady';
}

function medianOf(numbers: number[]): number {
  const sorted = numbers.sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
