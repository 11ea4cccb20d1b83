export { DEFAULT_CATALOGUE, PACKS } from './packs.js';
export { GLUCOSE_PACK } from './glucose/glucose.js';
export { VITALS_PACK } from './vitals/vitals.js';
