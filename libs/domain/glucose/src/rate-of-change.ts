import type { History } from './history.js';

const MINUTE = 60_000;
const WITHIN = 15 * MINUTE;
const MIN_READINGS = 3;
const MIN_SPAN = 9 * MINUTE;

/** mg/dL per min; `arrow` as sensors draw it: under 1, 1 to 2, 2 to 3, over 3 (Battelino 2019; sensor manuals). */
export interface RateOfChange {
  readonly kind: 'rate';
  readonly perMinute: number;
  readonly arrow: 'steady' | 'slowly' | 'fast' | 'very-fast';
}

export interface RateRefusal {
  readonly kind: 'refused';
  readonly reason: 'too-few-readings';
}

/**
 * Median of the slopes between all pairs of readings of the last 15 min (Theil and Sen): one odd reading does not turn the arrow.
 * Needs three readings over 9 min.
 */
export function rateOfChange(history: History): RateOfChange | RateRefusal {
  const newest = history.at(-1);
  const recent = newest === undefined ? [] : history.filter(([t]) => newest[0] - t <= WITHIN);
  const first = recent[0];
  if (newest === undefined || first === undefined || recent.length < MIN_READINGS || newest[0] - first[0] < MIN_SPAN) {
    return { kind: 'refused', reason: 'too-few-readings' };
  }
  const slopes = recent
    .flatMap(([t, x], i) => recent.slice(i + 1).map(([later, y]) => ((y - x) / (later - t)) * MINUTE))
    .sort((a, b) => a - b);
  const middle = slopes.length >> 1;
  const perMinute = slopes.length % 2 === 1 ? slopes[middle]! : (slopes[middle - 1]! + slopes[middle]!) / 2;
  return { kind: 'rate', perMinute, arrow: arrowOf(Math.abs(perMinute)) };
}

function arrowOf(speed: number): RateOfChange['arrow'] {
  if (speed < 1) return 'steady';
  if (speed < 2) return 'slowly';
  return speed <= 3 ? 'fast' : 'very-fast';
}

/**
 * Compression artefact: a sensor under pressure reads low. A fall of more than 25 mg/dL within 15 min out of half an hour that was level (within 10 mg/dL).
 * A suspicion only, worth a look at the sensor; it takes nothing from an alert. Engineering limits.
 */
export function isCompressionSuspected(history: History): boolean {
  const newest = history.at(-1);
  if (newest === undefined) return false;
  const level = history.filter(([t]) => newest[0] - t > WITHIN && newest[0] - t <= 3 * WITHIN).map(([, x]) => x);
  if (level.length < MIN_READINGS) return false;
  const lowest = Math.min(...level);
  return Math.max(...level) - lowest <= 10 && lowest - newest[1] > 25 && newest[1] < 80;
}
