export { featuresOf, FEATURE_NAMES, GLUCOSE_FEATURES } from './features/features.js';
export { historyAt } from './features/history.js';
export { GLUCOSE_FORECAST } from './forecaster.js';
export { lowProbabilities, lowProbabilitiesOf, type LowProbabilities } from './low-probabilities.js';
export { type Memory } from './memory/memory.js';
export { HORIZONS, MINUTES, type Weights } from './model/model.js';
export { sumOf, type Trees } from './model/trees.js';
export { STRANGER, type Person } from './person/person.js';
export { correctionOf, summed, termsOf, withTimeOfDay } from './person/regression.js';
