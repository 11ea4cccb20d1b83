import type { ConditionPack } from '#libs/domain/twin';
import { deviation } from './deviations.js';
import { HEART_RATE_DEVIATION, UNUSUAL_DETECTOR } from './unusual-detector.js';
import { HEART_RATE_UNUSUAL } from './unusual-rules.js';

/** Each patient compared with their own baseline for this time of day. */
export const BASELINE_PACK: ConditionPack = {
  id: 'baseline',
  title: 'Personal baseline',
  measures: ['heart-rate', 'respiratory-rate', 'oxygen-saturation', 'body-temperature', 'systolic-pressure', 'glucose'],
  rules: [HEART_RATE_UNUSUAL],
  detectors: [UNUSUAL_DETECTOR],
  derived: [
    HEART_RATE_DEVIATION,
    deviation('respiratory-rate'),
    deviation('oxygen-saturation'),
    deviation('body-temperature'),
    deviation('systolic-pressure'),
    deviation('glucose'),
  ],
};
