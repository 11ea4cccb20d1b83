/**
 * Weights of the risk of deterioration, one line for each of `RISK_COLUMNS`. Written by tools/fit/vital-forecast on 854 stays of sepsis2019 and vitals_hourly
 * (PhysioNet/CinC Challenge 2019, CC BY 4.0): four in five, whole stays; figures on the fifth: docs/clinical/validation.md.
 */
import type { RiskModel } from './risk-model.js';

// oxfmt-ignore
export const RISK_MODEL: RiskModel = {
  intercept: -2.3908,
  columns: [
    { weight: 0.1224, average: 0.7003 },
    { weight: 0, average: 0.6761 },
    { weight: 0, average: 0.856 },
    { weight: 0.002, average: 0.3373 },
    { weight: 0, average: 0.6569 },
    { weight: 0.3599, average: 0.573 },
    { weight: 0, average: 0.9129 },
    { weight: 0, average: 0.4792 },
    { weight: 0, average: 0.3297 },
    { weight: 0, average: 0.3855 },
    { weight: 0, average: 0.497 },
    { weight: 0.0504, average: 0.429 },
    { weight: 0.2811, average: 0.2408 },
    { weight: 0.0352, average: 0.5007 },
    { weight: 0.5317, average: 0.3818 },
    { weight: 0.4453, average: 0.4577 },
    { weight: 0.202, average: 0.5938 },
    { weight: 0, average: 0.2957 },
    { weight: 0, average: 0.4751 },
    { weight: 0, average: 0.3917 },
    { weight: 0, average: 0.7032 },
    { weight: 0.4385, average: 0.1778 },
    { weight: 0.1577, average: 0.4172 },
    { weight: 0.0821, average: -6.68 },
    { weight: 0.0946, average: -5.6982 },
    { weight: 0.0532, average: -5.6001 },
    { weight: 0.0716, average: -5.0942 },
    { weight: 0, average: -5.2694 },
    { weight: 0, average: -4.6341 },
    { weight: 0.178, average: -4.0721 },
    { weight: 0.1524, average: -3.7477 },
  ],
};
