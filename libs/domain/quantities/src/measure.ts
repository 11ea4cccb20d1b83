/**
 * A row of the catalogue of measures: one canonical unit each (UCUM). Limits are engineering defaults for adults:
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
  /** Absent: a state. */
  readonly course?: MeasureCourse;
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
  'oxygen-flow',
  'inspired-oxygen',
  'glasgow-coma-score',
  'insulin-bolus',
  'insulin-basal-rate',
  'carbohydrate-intake',
  'exercise-intensity',
] as const;
export type MeasureName = (typeof MEASURE_NAMES)[number];

/**
 * What a value says of the time after it. `state`: how the body was at that moment. `amount`: something was given or taken at that moment;
 * without a value there was none that is known of. `setting`: it holds until the next value, at most `holdsForMs`.
 */
export type MeasureCourse =
  | { readonly kind: 'state' }
  | { readonly kind: 'amount' }
  | { readonly kind: 'setting'; readonly holdsForMs: number };
