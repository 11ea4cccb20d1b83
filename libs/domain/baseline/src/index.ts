export { BASELINE_SPECS, type BaselineMeasure, type BaselineSpec } from './baseline-specs.js';
export { observe, rewind, usualAt, type BaselineState } from './baseline.js';
export { deviationOf, type Usual, type UsualRefusal } from './usual.js';
