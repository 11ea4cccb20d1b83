import type { MeasureName } from '#libs/domain/quantities';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * How old a value may be and still speak for the patient, ms. Engineering defaults, not clinical limits: continuous signals by the usual gap
 * of their monitors, spot checks by the longest interval between ward observations (12 h: Royal College of Physicians, NEWS2, 2017).
 */
export const STALE_AFTER: Readonly<Record<MeasureName, number>> = {
  'heart-rate': 15 * MINUTE,
  'rr-interval': 15 * MINUTE,
  'oxygen-saturation': 15 * MINUTE,
  'respiratory-rate': 15 * MINUTE,
  'systolic-pressure': 12 * HOUR,
  'diastolic-pressure': 12 * HOUR,
  'mean-pressure': 12 * HOUR,
  'body-temperature': 12 * HOUR,
  glucose: 15 * MINUTE,
  'step-count': DAY,
  'body-weight': 30 * DAY,
  ecg: 5 * MINUTE,
  ppg: 5 * MINUTE,
  'arterial-pressure-wave': 5 * MINUTE,
};

export function isStale(measure: MeasureName, effectiveAt: number, at: number): boolean {
  return at - effectiveAt > STALE_AFTER[measure];
}
