import { LOW, URGENT_LOW } from './models/low-soon.js';

/** A logistic regression of a low, one weight per feature of `features.ts`, and the probabilities from which it is reported. */
export interface LowModel {
  readonly version: string;
  readonly intercept: number;
  readonly weights: readonly number[];
  /** Probability at which it is raised, and below which it clears. */
  readonly limits: LowLimits;
}

/** Probabilities, 0 to 1. */
export interface LowLimits {
  readonly raise: number;
  readonly clear: number;
}

/** Some reading under 70 mg/dL within 30 min. */
export const LOW_SOON: LowModel = { version: '1.0.0', ...LOW, limits: { raise: 0.35, clear: 0.25 } };

/**
 * The same forecast with a lower limit: a candidate that runs in shadow, for wards that weigh a longer lead against more
 * false alerts (docs/clinical/rules/glucose-low-soon.md has the figures of both).
 */
export const EARLY_LOW_SOON: LowModel = { ...LOW_SOON, limits: { raise: 0.14, clear: 0.1 } };

/** Some reading of 55 mg/dL or less within 20 min. */
export const URGENT_LOW_SOON: LowModel = { version: '1.0.0', ...URGENT_LOW, limits: { raise: 0.4, clear: 0.28 } };
