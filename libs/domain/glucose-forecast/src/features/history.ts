import type { Reading } from '../memory/memory.js';

const MINUTE = 60_000;
export const STEP = 5 * MINUTE;
/** Lags 0, 5, …, 120 min. */
export const LAGS = 25;
/** Two readings this far apart are joined by a line; a sensor of 15 min is read at its own pace. */
const JOINED = 20 * MINUTE;
/** Slack of clocks: a reading represents the minute around it. */
const NEAR = MINUTE;

/** The readings of one sensor up to a moment, on steps of 5 min before it. */
export interface History {
  /** Time of the newest reading used, ms. */
  readonly t: number;
  /** mg/dL, newest first; beyond what is known, the oldest known value. */
  readonly lags: Float64Array;
  /** Minutes that are known without a gap over 20 min. */
  readonly minutes: number;
  /** Readings used. */
  readonly count: number;
}

/** History that ends with the reading at `end` of the readings of one sensor, ascending; bad ones must not be among them. */
export function historyAt(readings: readonly Reading[], end: number): History {
  const { t, x } = readings[end]!;
  const lags = new Float64Array(LAGS);
  lags[0] = x;
  let i = end;
  let known = 0;
  for (let k = 1; k < LAGS; k++) {
    const at = t - k * STEP;
    while (i > 0 && readings[i]!.t > at && readings[i]!.t - readings[i - 1]!.t <= JOINED) i--;
    const reading = readings[i]!;
    if (reading.t > at + NEAR) {
      lags.fill(lags[k - 1]!, k);
      break;
    }
    const after = readings[i + 1];
    lags[k] =
      after === undefined || reading.t >= at
        ? reading.x
        : reading.x + ((at - reading.t) / (after.t - reading.t)) * (after.x - reading.x);
    known = k;
  }
  return { t, lags, minutes: (known * STEP) / MINUTE, count: end - i + 1 };
}
