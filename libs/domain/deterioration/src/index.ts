export { DETERIORATION_TREND } from './models/deterioration-trend.js';
export {
  trendRisk,
  type TrendBand,
  type TrendContext,
  type TrendContribution,
  type TrendRisk,
} from './trend/trend-risk.js';
export {
  EMPTY_TREND,
  observeTrend,
  TREND_VARIABLES,
  type TrendInput,
  type TrendState,
  type TrendVariable,
} from './trend/trend-state.js';
export { TELLING_WHEN_KNOWN, stepsOfChart, TREND_TERMS, trendSteps, type TrendModel } from './trend/trend-terms.js';
export { mews } from './scores/mews.js';
export { news2 } from './scores/news2.js';
export { qsofa } from './scores/qsofa.js';
export { type Consciousness, type VitalName, type VitalValue, type Vitals } from './scores/score-inputs.js';
export {
  type Score,
  type ScoreContext,
  type ScoreContribution,
  type ScoreName,
  type ScoreRefusal,
} from './scores/score.js';
export { shockIndex } from './scores/shock-index.js';
export { sirs } from './scores/sirs.js';
export { EMPTY_COURSE, recordScore, trendOf, type ScoreCourse, type ScoreTrend } from './scores/score-course.js';
