import type { StreamRule } from '#libs/domain/twin';
import { TREND } from './deterioration-rules.js';

/**
 * Instability of vital signs predicted within 12 h by the model `deterioration-risk`. In shadow beside the trend: what each finds of the same events, at what load, stands on
 * the trend's page and in docs/clinical/validation.md.
 */
export const DETERIORATION_AHEAD: StreamRule = {
  ...TREND,
  id: 'deterioration-ahead',
  version: '0.1.0',
  title: 'Unstable vital signs ahead',
  inputs: [
    'heart-rate',
    'respiratory-rate',
    'oxygen-saturation',
    'systolic-pressure',
    'mean-pressure',
    'body-temperature',
  ],
  freshness: 'Three vital signs within 8 h; values of the last 24 h are used, one a minute.',
  limits: [
    { name: 'probability', title: 'probability within 12 h, at or above', unit: '1', default: 0.25, min: 0.05, max: 1 },
    { name: 'clearProbability', title: 'cleared below', unit: '1', default: 0.2, min: 0, max: 1 },
    ...TREND.limits,
  ],
  persistence: 'probability of instability within 12 h at or above the limit, held for 300 s; evaluated every 5 min',
  hysteresis: 'Falls when the probability has been below its lower limit for 900 s.',
  clears: 'Probability below its lower limit for 900 s',
  population: 'Adults in intensive or close ward care (fitted on intensive care stays). Unknown age: treated as adult.',
  refuses: { underYears: 18, pregnancy: true },
  shadowOf: TREND.id,
  crossed: ({ probability, clearProbability }) =>
    clearProbability! <= probability!
      ? []
      : [
          {
            limit: 'clearProbability',
            message: `clearProbability (${clearProbability!}) must not be above probability (${probability!})`,
          },
        ],
};
