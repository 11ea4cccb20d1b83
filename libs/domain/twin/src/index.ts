export type * from './twin-port.js';
export type * from './state.js';
export { initialTwin } from './initial-twin.js';
export { apply } from './apply.js';
export { createMemory, type PatientMemory } from './memory.js';
export { RULES } from './rules.js';
export { checkThresholds, defaultLimits } from './limits.js';
export { LATENESS_BOUND } from './grid.js';
export { FRESH, viewOf } from './view.js';
