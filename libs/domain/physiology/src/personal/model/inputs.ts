import type { BasalSegment, Bolus } from '../../insulin/doses.js';

/** What a person took and did. Times in ms. */
export interface PersonalInputs {
  readonly boluses: readonly Bolus[];
  /** Segments that do not overlap; time without a segment is time without a known rate. */
  readonly basal: readonly BasalSegment[];
  readonly carbohydrates: readonly { readonly t: number; readonly grams: number }[];
  /** Intensity, 0 to 100 %. */
  readonly exercise: readonly { readonly from: number; readonly until: number; readonly percent: number }[];
}

export interface GlucoseReading {
  /** ms. */
  readonly t: number;
  readonly mgPerDl: number;
}
