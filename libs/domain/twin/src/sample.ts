import type { Sample } from './rule.js';
import type { Cited } from './state.js';
import type { StoredMeasurement } from './twin-port.js';

/** A stored measurement as rules see it, before the signal checks. */
export function sampleOf(stored: StoredMeasurement): Sample {
  const { series, periodMs, channel } = stored;
  const cited = cite(stored);
  if (series === undefined) return { cited };
  return {
    cited,
    series,
    ...(periodMs === undefined ? undefined : { periodMs }),
    ...(channel === undefined ? undefined : { channel }),
  };
}

function cite({
  identity,
  version,
  t,
  x,
  series,
  quality,
  source,
  code,
  reasons,
  comparator,
}: StoredMeasurement): Cited {
  const value = x ?? series?.at(-1) ?? Number.NaN;
  if (comparator !== undefined) {
    return [identity, version, t, value, quality, source, code, quality === 0 ? [] : (reasons ?? []), comparator];
  }
  if (quality === 0 || reasons === undefined) return [identity, version, t, value, quality, source, code];
  return [identity, version, t, value, quality, source, code, reasons];
}

/**
 * Whether the value is known itself, and not only a bound of it: what reckons with values (checks, scores, forecasts, derived
 * measures) takes no others.
 */
export function isExact(cited: Cited): boolean {
  return cited[8] === undefined;
}

/**
 * By time; at the same time by measure, value, quality and identity, so that the order follows from the values and moving them all
 * to another day changes nothing.
 */
export function inOrder(a: Cited, b: Cited): number {
  if (a[2] !== b[2]) return a[2] - b[2];
  if (a[6] !== b[6]) return a[6] - b[6];
  if (a[3] !== b[3]) return a[3] - b[3];
  if (a[4] !== b[4]) return a[4] - b[4];
  if (a[0] === b[0]) return 0;
  return a[0] < b[0] ? -1 : 1;
}
