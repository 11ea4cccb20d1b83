export { anyText } from './any-text.js';
export { metInRuns, propertyRuns } from './property-runs.js';
export { randomFrom, type Random } from './random.js';
