import type { Sample } from '../rules/judged-sample.js';
import type { Cited } from '../state/cited.js';
import type { StoredMeasurement } from '../state/twin-port.js';

/** A stored measurement as rules see it, judged at `at` ({@link judgedAt}), before the signal checks. */
export function sampleOf(stored: StoredMeasurement, at: number): Sample {
  const { series, periodMs, channel, device } = stored;
  const cited = cite(stored, at);
  if (series === undefined) return { cited };
  return {
    cited,
    series,
    ...(periodMs === undefined ? undefined : { periodMs }),
    ...(channel === undefined ? undefined : { channel }),
    ...(periodMs === undefined || device === '' ? undefined : { device }),
  };
}

function cite(stored: StoredMeasurement, at: number): Cited {
  const { identity, version, t, x, series, quality, source, code, reasons, comparator } = stored;
  const value = x ?? series?.at(-1) ?? Number.NaN;
  const said = quality === 0 ? undefined : reasons;
  if (t !== at) return [identity, version, at, value, quality, source, code, said ?? [], comparator ?? null, t - at];
  if (comparator !== undefined) return [identity, version, at, value, quality, source, code, said ?? [], comparator];
  if (said === undefined) return [identity, version, at, value, quality, source, code];
  return [identity, version, at, value, quality, source, code, said];
}

/** When it ends, ms: of a series its last value (evenly spaced, or successive intervals). */
export function endOf({ cited, series, periodMs }: Sample): number {
  if (series === undefined) return cited[2];
  const lasts = periodMs === undefined ? series.reduce((sum, interval) => sum + interval, 0) : periodMs * series.length;
  return cited[2] + lasts;
}

/** The same measurement, judged: with this quality and these reasons. */
export function judgedAs(cited: Cited, quality: 0 | 1 | 2, reasons: readonly string[] | undefined): Cited {
  const [identity, version, t, x, , source, code, , comparator, ahead] = cited;
  if (ahead !== undefined)
    return [identity, version, t, x, quality, source, code, reasons ?? [], comparator ?? null, ahead];
  if (comparator != null) return [identity, version, t, x, quality, source, code, reasons ?? [], comparator];
  if (reasons === undefined) return [identity, version, t, x, quality, source, code];
  return [identity, version, t, x, quality, source, code, reasons];
}

/**
 * Whether the value is known itself, and not only a bound of it: what reckons with values (checks, scores, forecasts, derived
 * measures) takes no others.
 */
export function isExact(cited: Cited): boolean {
  return cited[8] == null;
}

/**
 * By time; at the same time what came with a clock that is ahead before what did not, so that it never outlives it; then by measure,
 * value, quality and identity, so that the order follows from the values and moving them all
 * to another day changes nothing.
 */
export function inOrder(a: Cited, b: Cited): number {
  if (a[2] !== b[2]) return a[2] - b[2];
  const ahead = (b[9] ?? 0) - (a[9] ?? 0);
  if (ahead !== 0) return ahead;
  if (a[6] !== b[6]) return a[6] - b[6];
  if (a[3] !== b[3]) return a[3] - b[3];
  if (a[4] !== b[4]) return a[4] - b[4];
  if (a[0] === b[0]) return 0;
  return a[0] < b[0] ? -1 : 1;
}
