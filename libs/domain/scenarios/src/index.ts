export type * from './inputs/person-inputs.js';
export {
  readingsOfMainSource,
  recordedHistory,
  sensorsDisagree,
  type RecordedHistory,
  type RecordedValue,
} from './inputs/recorded-history.js';
export { planScenario, type Fault, type ScenarioPlan } from './request/scenario-plan.js';
export { runScenario, type ScenarioBranch, type ScenarioOutcome } from './run/run-scenario.js';
export { scenarioId } from './run/scenario-id.js';
export type { KnownPerson, Paths, ScenarioModel, SimulatedArm } from './run/scenario-model.js';
export { isRefusal } from './run/scenario-model.js';
export { applyChanges } from './changes/apply-changes.js';
export { DEFAULT_SEED, type PlannedChange } from './request/scenario-plan.js';
export { meanOf, quantileOf, sortedAt } from './summary/path-points.js';
export { amountWithin } from './inputs/segments.js';
