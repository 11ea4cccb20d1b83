export { GLUCOSE_FORECAST_CARD } from './card.js';
export { featuresOf, FEATURE_NAMES, GLUCOSE_FEATURES } from './features/features.js';
export { historyAt } from './features/history.js';
export { GLUCOSE_FORECAST, probabilityOfLow } from './forecaster.js';
export { type Memory } from './memory/memory.js';
export { HORIZONS, MINUTES, type Weights } from './model/model.js';
export { sumOf, type Trees } from './model/trees.js';
export { STRANGER, type Person } from './person/person.js';
export { correctionOf, summed, termsOf, withTimeOfDay } from './person/regression.js';
