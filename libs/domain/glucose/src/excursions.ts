/** Events of a sensor's readings by the consensus on metrics for trials (Battelino et al., Lancet Diabetes Endocrinol 2023;11:42). */
import type { StandingReading } from './standing.js';

const MINUTE = 60_000;
/** An event has to last, and to be gone for, this long. */
const LASTS = 15 * MINUTE;
const PROLONGED = 120 * MINUTE;
/** Across a longer pause nothing is known to have gone on. */
const PAUSE = 45 * MINUTE;

export interface Excursions {
  readonly events: number;
  /** Events with more than 120 min beyond the limit without a break. */
  readonly prolonged: number;
}

/**
 * Events with values for which `isBeyond` holds: at least 15 min of them, ended by 15 min of others. Readings are ascending in time, and each
 * is valid until the next one, the last before a pause of over 45 min for as long as it stands.
 */
export function excursions(readings: readonly StandingReading[], isBeyond: (mgdl: number) => boolean): Excursions {
  let [events, prolonged] = [0, 0];
  /** Start and end of the current stretch of values beyond; since when they are back; whether the event counts. */
  let [from, back] = [Number.NaN, Number.NaN];
  let [counts, isLong] = [false, false];
  const end = (): void => {
    if (counts) events++;
    if (counts && isLong) prolonged++;
    [from, back, counts, isLong] = [Number.NaN, Number.NaN, false, false];
  };
  for (const [i, { t, mgdl, stands }] of readings.entries()) {
    const next = readings[i + 1]?.t ?? Number.POSITIVE_INFINITY;
    const isPause = next - t > PAUSE;
    const until = isPause ? t + stands : next;
    if (isBeyond(mgdl)) {
      if (Number.isNaN(from)) from = t;
      back = Number.NaN;
      if (until - from >= LASTS) counts = true;
      if (until - from > PROLONGED) isLong = true;
    } else {
      if (!counts) from = Number.NaN;
      // A break begins: the stretch that may be prolonged is over, the event goes on until it has been gone for long enough.
      else {
        if (Number.isNaN(back)) back = t;
        from = Number.NaN;
        if (until - back >= LASTS) end();
      }
    }
    if (isPause) end();
  }
  return { events, prolonged };
}
