export { cardOf, FORECASTERS, MODEL_CARDS } from './registry.js';
