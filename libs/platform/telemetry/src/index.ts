export { createLogger, type Logger } from './logger.js';
export { createMetrics, STAGE_BUCKETS, type Metrics } from './metrics.js';
export { recentAnswer } from './recent-answer.js';
export { Readiness } from './readiness.js';
