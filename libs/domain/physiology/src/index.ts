export type { AbsorptionName, AbsorptionShape } from './carbohydrates/absorption.js';
export {
  carbohydratesOnBoard,
  type CarbohydrateEntry,
  type CarbohydrateOptions,
} from './carbohydrates/carbohydrates-on-board.js';
export type { BasalSegment, Bolus, Dose } from './insulin/doses.js';
export {
  INSULIN_CURVES,
  remainingShare,
  type InsulinCurve,
  type InsulinCurveName,
} from './insulin/exponential-curve.js';
export { insulinOnBoard, type InsulinOnBoardOptions } from './insulin/insulin-on-board.js';
export { runArm, type ArmPaths } from './personal/ensemble/arm.js';
export { startEnsemble, type Ensemble, type EnsembleRequest } from './personal/ensemble/ensemble.js';
export { FIT_DAYS, fitPersonal, type FitRequest, type PersonalFit } from './personal/fit/fit.js';
export { PUBLIC_POPULATION } from './personal/fit/public-population.js';
export { populationReport } from './personal/fit/population-report.js';
export type { ParameterReport } from './personal/fit/report.js';
export { PERSONAL_GLUCOSE_CARD } from './personal/model/card.js';
export type { PersonalSubject } from './personal/model/checks.js';
export type { GlucoseReading, PersonalInputs } from './personal/model/inputs.js';
export { PERSONAL_COORDINATES } from './personal/model/parameters.js';
export type { Population } from './personal/fit/population.js';
export { UVA_PADOVA_CARD } from './uva-padova/card.js';
export { basalUnitsPerHour, type IndependentParameters, type UvaPadovaParameters } from './uva-padova/parameters.js';
export { UVA_PADOVA, type UvaPadovaInputs, type UvaPadovaState } from './uva-padova/simulation.js';
export { VIRTUAL_PEOPLE, type VirtualPersonName } from './uva-padova/virtual-people.js';
