/**
 * Weights of two logistic regressions (L2, strength 5), fitted on the rows marked `train` of the three people of the development set
 * (187 days, sensor readings only). Nothing was fitted on rows marked `val`. One weight per feature of `features.ts`.
 */
export interface LowModel {
  readonly version: string;
  readonly intercept: number;
  readonly weights: readonly number[];
  /** Probability from which it is told, and under which it is over. */
  readonly limits: LowLimits;
}

/** Probabilities, 0 to 1. */
export interface LowLimits {
  readonly raise: number;
  readonly clear: number;
}

/** Some reading under 70 mg/dL within 30 min. */
export const LOW_SOON: LowModel = {
  version: '1.0.0',
  intercept: -5.6218,
  weights: [
    -1.1401, 0.7367, 0.7519, -0.123, -0.9882, 0.1866, 0.4, 0.0829, -0.0627, -0.3724, -0.1807, -0.0405, -0.3905, -0.0686,
    -0.1239, 0.072, -0.2082, 0.4582, -0.0855, 0.2931, -0.1192, -0.1251, 0.5832, 0.205, 0.2783,
  ],
  limits: { raise: 0.38, clear: 0.26 },
};

/** Some reading of 55 mg/dL or less within 20 min. */
export const URGENT_LOW_SOON: LowModel = {
  version: '1.0.0',
  intercept: -9.1539,
  weights: [
    -0.6226, 0.5113, 0.3533, -0.0225, -0.9954, 0.272, 0.0179, 0.2576, -0.3407, 0.3429, -0.1169, 0.3258, 0.0289, 0.254,
    -0.1191, 0.1941, 0.0323, 0.1611, -0.272, 0.1985, -0.1285, -0.4741, 0.4879, 0.3732, 0.4383,
  ],
  limits: { raise: 0.4, clear: 0.28 },
};
