import type { MeasureName } from '#libs/domain/quantities';

/**
 * What is assumed of a measure before this person is known, in its canonical unit: spread from day to day at one time of day, spread within
 * three hours, and the least spread that deviations are ever counted in. Engineering defaults for people at rest; they fade as days are learned.
 */
export interface BaselineSpec {
  readonly between: number;
  readonly within: number;
  readonly least: number;
}

export type BaselineMeasure = Extract<
  MeasureName,
  'heart-rate' | 'respiratory-rate' | 'oxygen-saturation' | 'body-temperature' | 'systolic-pressure' | 'glucose'
>;

export const BASELINE_SPECS: Readonly<Record<BaselineMeasure, BaselineSpec>> = {
  'heart-rate': { between: 5, within: 6, least: 4 },
  'respiratory-rate': { between: 1.5, within: 2, least: 1 },
  'oxygen-saturation': { between: 1, within: 1, least: 0.8 },
  'body-temperature': { between: 0.2, within: 0.2, least: 0.15 },
  'systolic-pressure': { between: 8, within: 8, least: 5 },
  glucose: { between: 15, within: 20, least: 10 },
};
