import type { Sample } from '../rules/judged-sample.js';
import type { Cited } from '../state/cited.js';
import type { StoredMeasurement } from '../state/twin-port.js';

/** A stored measurement as rules see it, judged at `at` ({@link judgedAt}), before the signal checks. */
export function sampleOf(stored: StoredMeasurement, at: number): Sample {
  const { series, periodMs, channel, device } = stored;
  const cited = cite(stored, at);
  const measuredBy = device === '' ? undefined : { device };
  if (series === undefined) return { cited, ...measuredBy };
  return {
    cited,
    series,
    ...(periodMs === undefined ? undefined : { periodMs }),
    ...(channel === undefined ? undefined : { channel }),
    ...measuredBy,
  };
}

function cite(stored: StoredMeasurement, at: number): Cited {
  const { identity, version, t, x, series, quality, source, code, reasons, comparator } = stored;
  const value = x ?? series?.at(-1) ?? Number.NaN;
  const said = quality === 0 ? undefined : reasons;
  const ahead = t === at ? undefined : t - at;
  return { identity, version, t: at, x: value, quality, source, code, reasons: said, comparator, ahead };
}

/** When it ends, ms: of a series its last value (evenly spaced, or successive intervals). */
export function endOf({ cited, series, periodMs }: Sample): number {
  if (series === undefined) return cited.t;
  const lasts = periodMs === undefined ? series.reduce((sum, interval) => sum + interval, 0) : periodMs * series.length;
  return cited.t + lasts;
}

/** The same measurement, judged: with this quality and these reasons. */
export function judgedAs(cited: Cited, quality: 0 | 1 | 2, reasons: readonly string[] | undefined): Cited {
  const { identity, version, t, x, source, code, comparator, ahead } = cited;
  return { identity, version, t, x, quality, source, code, reasons, comparator, ahead };
}

/**
 * Whether the value is known itself, and not only a bound of it: what reckons with values (checks, scores, forecasts, derived
 * measures) takes no others.
 */
export function isExact(cited: Cited): boolean {
  return cited.comparator === undefined;
}

/**
 * By time; at the same time what came with a clock that is ahead before what did not, so that it never outlives it; then by measure,
 * value, quality and identity, so that the order follows from the values and moving them all
 * to another day changes nothing.
 */
export function inOrder(a: Cited, b: Cited): number {
  if (a.t !== b.t) return a.t - b.t;
  const ahead = (b.ahead ?? 0) - (a.ahead ?? 0);
  if (ahead !== 0) return ahead;
  if (a.code !== b.code) return a.code - b.code;
  if (a.x !== b.x) return a.x - b.x;
  if (a.quality !== b.quality) return a.quality - b.quality;
  if (a.identity === b.identity) return 0;
  return a.identity < b.identity ? -1 : 1;
}
