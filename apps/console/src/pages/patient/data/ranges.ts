import { strings } from '../../../strings/strings.js';

const HOUR = 3_600_000;

/** How far back the charts show, ms, by the key of its text. */
export const RANGES = { '1h': HOUR, '6h': 6 * HOUR, '24h': 24 * HOUR, '7d': 168 * HOUR } as const;
export type Range = keyof typeof RANGES;
export const RANGE_KEYS = Object.keys(RANGES) as readonly Range[];

export function rangeText(range: Range): string {
  return strings.patient.ranges[range];
}
