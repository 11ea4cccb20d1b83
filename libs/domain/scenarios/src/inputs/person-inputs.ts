/** What was given to a person, or is planned. Times in ms since 1970, ascending; segments do not overlap. */
export interface PersonInputs {
  readonly boluses: readonly Bolus[];
  readonly basal: readonly BasalSegment[];
  readonly carbohydrates: readonly Meal[];
  readonly exercise: readonly ExerciseSegment[];
}

export interface Bolus {
  readonly t: number;
  /** [IU] */
  readonly units: number;
}

export interface BasalSegment {
  readonly from: number;
  /** Exclusive. */
  readonly until: number;
  /** [IU]/h */
  readonly unitsPerHour: number;
}

export interface Meal {
  readonly t: number;
  readonly grams: number;
}

export interface ExerciseSegment {
  readonly from: number;
  /** Exclusive. */
  readonly until: number;
  /** 0 to 100 */
  readonly percent: number;
}

export interface Reading {
  readonly t: number;
  readonly mgPerDl: number;
}
