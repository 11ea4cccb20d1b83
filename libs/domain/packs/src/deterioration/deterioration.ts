import type { ConditionPack } from '#libs/domain/twin';
import { AHEAD_DETECTOR } from './ahead-detector.js';
import { DETERIORATION_AHEAD } from './ahead-rule.js';
import { BEDSIDE_SCORES } from './bedside-scores.js';
import { DETERIORATION_RISK } from './deterioration-risk.js';
import { NEWS2, TREND } from './deterioration-rules.js';
import { NEWS2_DETECTOR } from './news2-detector.js';
import { NEWS2_NOW } from './news2-now.js';
import { SHOCK_INDEX } from './shock-index.js';
import { TREND_DETECTOR } from './trend-detector.js';

/** Early warning scores and the trend of the last day. */
export const DETERIORATION_PACK: ConditionPack = {
  id: 'deterioration',
  title: 'Deterioration',
  measures: [
    'respiratory-rate',
    'oxygen-saturation',
    'oxygen-flow',
    'inspired-oxygen',
    'systolic-pressure',
    'mean-pressure',
    'heart-rate',
    'glasgow-coma-score',
    'body-temperature',
    'glucose',
  ],
  rules: [NEWS2, TREND, DETERIORATION_AHEAD],
  detectors: [NEWS2_DETECTOR, TREND_DETECTOR, AHEAD_DETECTOR],
  derived: [NEWS2_NOW, ...BEDSIDE_SCORES, SHOCK_INDEX, DETERIORATION_RISK],
};
