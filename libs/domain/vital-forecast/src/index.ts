export { instabilityOf, isUnstable, RISK_MINUTES } from './deterioration/instability.js';
export { RISK_COLUMNS, riskFeatures } from './deterioration/risk-features.js';
export type { RiskModel } from './deterioration/risk-model.js';
export { RISK_FORECAST } from './deterioration/risk-forecaster.js';
export { deteriorationRisk, type DeteriorationRisk } from './deterioration/risk.js';
export { VITAL_FORECAST } from './forecaster.js';
export { featuresOf, type Features } from './features/features.js';
export { readingsOf } from './features/readings.js';
export { VITAL_SIGNS, type VitalSign } from './features/vital-signs.js';
export { memoryOf, taken, type VitalMemory } from './memory/memory.js';
export {
  distributionAt,
  dot,
  expectedAt,
  type HorizonModel,
  type SignModel,
  type VitalModel,
} from './model/vital-model.js';
export { VITAL_MODEL } from './model/vital-weights.js';
