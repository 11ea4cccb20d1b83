export { BASELINE_SPECS, type BaselineMeasure, type BaselineSpec } from './baseline-specs.js';
export { observe, rewind, type BaselineState } from './baseline.js';
export { deviationOf, type Deviation, type UsualRefusal } from './deviation.js';
