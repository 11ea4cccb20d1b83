/** Fitted numbers of the risk of deterioration: data, written by `tools/fit/vital-forecast`. */
export interface RiskModel {
  readonly intercept: number;
  /** One for each of `RISK_COLUMNS`: its weight, and the average reading, which adds nothing. */
  readonly columns: ReadonlyArray<{ readonly weight: number; readonly average: number }>;
}
