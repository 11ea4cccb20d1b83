export type * from './inputs/person-inputs.js';
export { recordedHistory, type RecordedHistory, type RecordedValue } from './inputs/recorded-history.js';
export { planScenario, type Fault, type ScenarioPlan } from './request/scenario-plan.js';
export { runScenario, type ScenarioBranch, type ScenarioOutcome } from './run/run-scenario.js';
export { scenarioId } from './run/scenario-id.js';
export type { KnownPerson, Paths, ScenarioModel } from './run/scenario-model.js';
