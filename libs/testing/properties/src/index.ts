export { metInRuns, propertyRuns } from './property-runs.js';
