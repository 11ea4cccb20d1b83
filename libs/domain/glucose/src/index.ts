export { glucoseMetrics, type GlucoseMetrics, type GlucoseReading, type MetricsRefusal } from './metrics.js';
export { excursions } from './excursions.js';
export { standing, type StandingReading } from './standing.js';
export {
  QUIET,
  stepLow,
  stepLowSoon,
  type LowMoment,
  type LowName,
  type LowSoonState,
  type LowSoonStep,
  type LowState,
} from './low-soon.js';
export { EARLY_LOW_SOON, LOW_SOON, URGENT_LOW_SOON, type LowLimits } from './models.js';
export { type LowForecast } from './forecast.js';
export { isCompressionSuspected, rateOfChange, type RateOfChange, type RateRefusal } from './rate-of-change.js';
export { featuresOf } from './features.js';
export { withReading, type History } from './history.js';
