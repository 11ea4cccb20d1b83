/** The course of a score's totals: how it moves, its highest of the day, and when the last full set was. Plain data, bounded. */

const HOUR = 3_600_000;
const KEPT_HOURS = 25;
const SLOPE_WITHIN = 8 * HOUR;
const SLOPE_SPAN = 4 * HOUR;
const SLOPE_LEAST = 3;

/** Totals of one clock hour: the last one with its time (ms) and completeness, and the highest one, partial ones too. */
interface HourOfTotals {
  readonly t: number;
  readonly total: number;
  readonly complete: boolean;
  readonly highest: number;
}

/** Totals of one score by clock hour, ascending, at most 25. */
export interface ScoreCourse {
  readonly hours: readonly HourOfTotals[];
  /** When the last complete set was, ms; null: never. */
  readonly lastFull: number | null;
}

/** A score nobody has taken yet. */
export const EMPTY_COURSE: ScoreCourse = { hours: [], lastFull: null };

function hourOf(t: number): number {
  return Math.floor(t / HOUR);
}

/** The course with one total. A time or total that is not finite changes nothing. */
export function recordScore(course: ScoreCourse, t: number, total: number, complete: boolean): ScoreCourse {
  if (!Number.isFinite(t) || !Number.isFinite(total)) return course;
  const known = course.hours.find((hour) => hourOf(hour.t) === hourOf(t));
  const newest = known === undefined || known.t <= t ? { t, total, complete } : known;
  const hour: HourOfTotals = {
    t: newest.t,
    total: newest.total,
    complete: newest.complete,
    highest: known === undefined ? total : Math.max(known.highest, total),
  };
  const hours = [...course.hours.filter((other) => other !== known), hour].sort((a, b) => a.t - b.t);
  const full = complete && t > (course.lastFull ?? Number.NEGATIVE_INFINITY) ? t : course.lastFull;
  return { hours: hours.slice(-KEPT_HOURS), lastFull: full };
}

export interface ScoreTrend {
  /**
   * Points per hour by least squares over the complete totals of the last 8 h. Undefined with fewer than three, or spread over less than 4 h.
   * Partial totals are left out: their slope would be that of the gaps.
   */
  readonly slopePerHour?: number;
  /** Highest total of the clock hours whose last total is within 24 h, partial ones too. */
  readonly highest24h?: number;
  readonly sinceFullMs?: number;
}

function slopeOf(hours: readonly HourOfTotals[]): number | undefined {
  const first = hours[0];
  const last = hours.at(-1);
  if (!first || !last || hours.length < SLOPE_LEAST || last.t - first.t < SLOPE_SPAN) return undefined;
  const times = hours.map(({ t }) => (t - first.t) / HOUR);
  const meanTime = times.reduce((sum, t) => sum + t, 0) / times.length;
  const meanTotal = hours.reduce((sum, { total }) => sum + total, 0) / hours.length;
  const spread = times.reduce((sum, t) => sum + (t - meanTime) ** 2, 0);
  return hours.reduce((sum, { total }, i) => sum + (times[i]! - meanTime) * (total - meanTotal), 0) / spread;
}

/** The course as seen at `t` (ms); later totals are not seen. */
export function trendOf(course: ScoreCourse, t: number): ScoreTrend {
  const day = course.hours.filter((hour) => hour.t <= t && t - hour.t <= 24 * HOUR);
  const slope = slopeOf(day.filter((hour) => hour.complete && t - hour.t <= SLOPE_WITHIN));
  const { lastFull } = course;
  return {
    ...(slope === undefined ? {} : { slopePerHour: slope }),
    ...(day.length === 0 ? {} : { highest24h: Math.max(...day.map(({ highest }) => highest)) }),
    ...(lastFull === null || lastFull > t ? {} : { sinceFullMs: t - lastFull }),
  };
}
