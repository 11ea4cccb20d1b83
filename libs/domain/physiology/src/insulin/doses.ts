export interface Bolus {
  /** When it was given, ms. */
  readonly t: number;
  /** [IU]. */
  readonly units: number;
}

export interface BasalSegment {
  /** ms. */
  readonly from: number;
  /** ms; after `from`. */
  readonly until: number;
  /** [IU]/h. */
  readonly unitsPerHour: number;
}

/** Insulin given over a time; at once where `from` is `until`. */
export interface Dose {
  readonly from: number;
  readonly until: number;
  /** [IU]; negative where a basal rate was under the scheduled one. */
  readonly units: number;
}

const MS_PER_HOUR = 3_600_000;

/**
 * All insulin as doses. A basal rate counts as its difference from `scheduledUnitsPerHour`, the rate that keeps glucose level, as in Loop; 0 counts all of it.
 */
export function dosesOf(
  boluses: readonly Bolus[],
  basal: readonly BasalSegment[],
  scheduledUnitsPerHour: number,
): readonly Dose[] {
  return [
    ...boluses.map(({ t, units }) => ({ from: t, until: t, units })),
    ...basal.map(({ from, until, unitsPerHour }) => ({
      from,
      until,
      units: ((unitsPerHour - scheduledUnitsPerHour) * (until - from)) / MS_PER_HOUR,
    })),
  ];
}
