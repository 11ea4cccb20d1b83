export { ABSORPTION_SHAPES, type AbsorptionName, type AbsorptionShape } from './carbohydrates/absorption.js';
export {
  carbohydrateEffect,
  carbohydratesOnBoard,
  type CarbohydrateEntry,
  type CarbohydrateOptions,
} from './carbohydrates/carbohydrates-on-board.js';
export type { BasalSegment, Bolus, Dose } from './insulin/doses.js';
export {
  activity,
  INSULIN_CURVES,
  remainingShare,
  type InsulinCurve,
  type InsulinCurveName,
} from './insulin/exponential-curve.js';
export { insulinEffect, insulinOnBoard, type InsulinOnBoardOptions } from './insulin/insulin-on-board.js';
