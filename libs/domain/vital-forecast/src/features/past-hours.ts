import { countOf, HOUR_MS, meanOf, newestTime, newestValue, type Hour } from '../memory/hours.js';

/**
 * Time constants of the weighted means, h: halves of each other, so that one weight is the square of the next and one exponential serves all. A last mean weighs all
 * hours alike.
 */
const MAX_HOURS = 8;
export const WEIGHTED = 4;

/** Hours of one measure, ascending: what their means say, and how they weigh. */
export class PastHours {
  /** Of each hour. */
  readonly means: readonly number[];
  /** Of the newest value of each hour, ms. */
  readonly times: readonly number[];
  /** Values in them. */
  readonly count: number;
  /** The newest value; undefined: there is no hour. */
  readonly newest: { readonly x: number; readonly t: number } | undefined;
  private weighted: readonly number[] | undefined;

  constructor(hours: readonly Hour[]) {
    const last = hours.at(-1);
    const means: number[] = [];
    const times: number[] = [];
    let count = 0;
    for (const hour of hours) {
      means.push(meanOf(hour));
      times.push(newestTime(hour));
      count += countOf(hour);
    }
    this.means = means;
    this.times = times;
    this.count = count;
    this.newest = last === undefined ? undefined : { x: newestValue(last), t: newestTime(last) };
  }

  /**
   * Means of the hours: weighted by exp(−age / 1 h), 2 h, 4 h and 8 h, then plain. The age at which they are asked for is left out: it weighs all of them alike. Of no hour
   * there is none.
   */
  weightedMeans(): readonly number[] {
    return (this.weighted ??= this.weigh());
  }

  private weigh(): readonly number[] {
    let [w1, w2, w4, w8] = [0, 0, 0, 0];
    let [s1, s2, s4, s8, all] = [0, 0, 0, 0, 0];
    const end = this.newest!.t;
    for (let i = 0; i < this.means.length; i++) {
      const x = this.means[i]!;
      const by8 = Math.exp((this.times[i]! - end) / HOUR_MS / MAX_HOURS);
      const by4 = by8 * by8;
      const by2 = by4 * by4;
      const by1 = by2 * by2;
      w1 += by1;
      w2 += by2;
      w4 += by4;
      w8 += by8;
      s1 += by1 * x;
      s2 += by2 * x;
      s4 += by4 * x;
      s8 += by8 * x;
      all += x;
    }
    return [s1 / w1, s2 / w2, s4 / w4, s8 / w8, all / this.means.length];
  }
}
