export * from './recordings.js';
export * from './ward.js';
export { TREND } from './trend-forecaster.js';
