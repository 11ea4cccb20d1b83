import type { VitalName } from './score-inputs.js';

const HOUR = 3_600_000;

/** How often the NEWS2 chart has the patient observed: every `leastMinutes` to `mostMinutes`; both 0 is continuous monitoring. */
export interface Monitoring {
  readonly leastMinutes: number;
  readonly mostMinutes: number;
  readonly words: string;
}

/**
 * Frequency of monitoring of the NEWS2 chart (Royal College of Physicians 2017, chart 4): 0: every 12 h or more often; 1 to 4: every 4
 * to 6 h; three points in one input, or 5 to 6: every hour or more often; 7 or more: continuous. Of a partial total it is the least
 * that holds.
 */
export function monitoringOf(band: 'low' | 'low-medium' | 'medium' | 'high', total: number): Monitoring {
  if (band === 'high') return { leastMinutes: 0, mostMinutes: 0, words: 'continuous monitoring of vital signs' };
  if (band !== 'low') return { leastMinutes: 0, mostMinutes: 60, words: 'at least every hour' };
  if (total > 0) return { leastMinutes: 240, mostMinutes: 360, words: 'at least every 4 to 6 hours' };
  return { leastMinutes: 0, mostMinutes: 720, words: 'at least every 12 hours' };
}

/** Blood counts change over a day, blood gases within hours; engineering defaults. */
const LABORATORY: Readonly<Partial<Record<VitalName, number>>> = {
  paco2: 4 * HOUR,
  whiteCells: 24 * HOUR,
  bandsPercent: 24 * HOUR,
};

/**
 * Age (ms) beyond which an input is stale. In NEWS2 a value is fresh for as long as the chart lets pass until the next one, at
 * continuous monitoring for an hour. The other scores imply no interval: 6 h, the longest the chart allows with any point.
 */
export function staleAfter(name: VitalName, monitoring: Monitoring | undefined): number {
  const laboratory = LABORATORY[name];
  if (laboratory !== undefined) return laboratory;
  return monitoring === undefined ? 6 * HOUR : Math.max(60, monitoring.mostMinutes) * 60_000;
}
