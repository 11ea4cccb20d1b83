export { AR2_CARD, PERSISTENCE_CARD, POPULATION_MEAN_CARD } from './baselines/cards.js';
export { ar2, persistence, populationMean } from './baselines/values.js';
export { adapted, personalTable, type Adaptation, type AdaptationRates } from './calibration/adaptation.js';
export { distributionOf, probabilityBelow, type Bounds, type Distribution } from './calibration/distribution.js';
export {
  residualAt,
  residualTable,
  shareBelow,
  TABLE_LEVELS,
  type ResidualTable,
} from './calibration/residual-table.js';
export { MODEL_IDS, type ModelCard, type ModelId, type ModelInput } from './contract/card.js';
export type {
  Baselines,
  FittedParameters,
  Forecaster,
  ForecastOutput,
  ForecastPoint,
  InputChange,
  ModelForecast,
  Outcome,
  Subject,
} from './contract/forecaster.js';
export { refuse, type ModelRefusal, type RefusalReason } from './contract/refusal.js';
export type { ParameterSpec, SimulationModel } from './contract/simulation-model.js';
export { crpsOf, quantilesOf, QUANTILE_LEVELS, type QuantileLevel, type Quantiles } from './distribution/quantiles.js';
export { seeded, type SeededRandom } from './random/seeded.js';
export { ZONES, type Zone } from './scores/error-grids.js';
export {
  INTERVAL_NAMES,
  isInside,
  mergedSums,
  scoresOf,
  scoreSums,
  type Interval,
  type ScoredPair,
  type Scores,
  type ScoreSums,
  type ZoneCounts,
} from './scores/scores.js';
