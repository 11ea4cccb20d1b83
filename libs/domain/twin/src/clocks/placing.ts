import { LATENESS_BOUND } from '../time/grid.js';
import type { StoredMeasurement } from '../state/twin-port.js';

/**
 * The time at which rules judge a stored version, ms; null: none can be given, because it is more than a day ahead. It is the effective
 * time, less what the sender's clock was ahead of ours (`clockShift`), so that no value is newer than its receipt (docs/adr/0023).
 * It follows from the stored version alone: a refold finds the same.
 */
export function judgedAt({
  t,
  receivedAt,
  clockShift,
}: Pick<StoredMeasurement, 't' | 'receivedAt' | 'clockShift'>): number | null {
  if (clockShift !== undefined) return t - clockShift;
  return t <= receivedAt + LATENESS_BOUND ? t : null;
}
