/**
 * Weights of the risk of deterioration, one line for each of `RISK_COLUMNS`. Written by tools/fit/vital-forecast on 854 stays of sepsis2019 and vitals_hourly
 * (PhysioNet/CinC Challenge 2019, CC BY 4.0): four in five, whole stays; figures on the fifth: docs/clinical/validation.md.
 */
import type { RiskModel } from './risk-model.js';

// prettier-ignore
export const RISK_MODEL: RiskModel = {
  intercept: -2.3905,
  columns: [
    { weight: 0.1227, average: 0.7003 },
    { weight: 0, average: 0.6761 },
    { weight: 0, average: 0.856 },
    { weight: 0.0023, average: 0.3373 },
    { weight: 0.0006, average: 0.6569 },
    { weight: 0.3601, average: 0.573 },
    { weight: 0, average: 0.9129 },
    { weight: 0, average: 0.4792 },
    { weight: 0, average: 0.3297 },
    { weight: 0, average: 0.3855 },
    { weight: 0, average: 0.497 },
    { weight: 0.0505, average: 0.429 },
    { weight: 0.2808, average: 0.2408 },
    { weight: 0.0359, average: 0.5007 },
    { weight: 0.5322, average: 0.3818 },
    { weight: 0.4447, average: 0.4577 },
    { weight: 0.2014, average: 0.5938 },
    { weight: 0, average: 0.2957 },
    { weight: 0, average: 0.4751 },
    { weight: 0, average: 0.3917 },
    { weight: 0, average: 0.7032 },
    { weight: 0.4388, average: 0.1778 },
    { weight: 0.1573, average: 0.4172 },
    { weight: 0.0816, average: -6.6712 },
    { weight: 0.0946, average: -5.706 },
    { weight: 0.0559, average: -5.6066 },
    { weight: 0.0669, average: -5.0834 },
    { weight: 0, average: -5.2636 },
    { weight: 0, average: -4.6314 },
    { weight: 0.177, average: -4.0728 },
    { weight: 0.1546, average: -3.7481 },
  ],
};
