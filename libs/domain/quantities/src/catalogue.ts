/**
 * The catalogue of measures: one row per measure, one canonical unit each (UCUM). Limits are engineering defaults for adults:
 * `possible` is what physics and physiology allow (outside: quarantined), `plausible` what needs no second look (outside:
 * quality doubtful). Sources: docs/clinical/plausibility.md. `number` is what the log and the database store: never reuse one.
 */
export interface Measure {
  readonly number: number;
  readonly name: MeasureName;
  readonly title: string;
  /** First entry is the one shown as `coding`. */
  readonly loinc: readonly string[];
  readonly mdc: readonly number[];
  readonly unit: string;
  readonly shape: 'value' | 'intervals' | 'waveform';
  readonly possible: readonly [number, number];
  readonly plausible: readonly [number, number];
}

export const MEASURE_NAMES = [
  'heart-rate',
  'rr-interval',
  'oxygen-saturation',
  'respiratory-rate',
  'systolic-pressure',
  'diastolic-pressure',
  'mean-pressure',
  'body-temperature',
  'glucose',
  'step-count',
  'body-weight',
  'ecg',
  'ppg',
  'arterial-pressure-wave',
] as const;
export type MeasureName = (typeof MEASURE_NAMES)[number];
