/** What Jest reports of a run. */
export interface RunReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly numPendingTests: number;
}

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  /** Comparisons with open data sets that this machine does not have; the linter refuses any other skip. */
  readonly skipped: number;
}

/** The sums of all runs; a suite that could not be run counts as failed. */
export function totalsOf(runs: readonly RunReport[]): Totals {
  const sum = (of: (run: RunReport) => number): number => runs.reduce((total, run) => total + of(run), 0);
  return {
    passed: sum((run) => run.numPassedTests),
    failed: sum((run) => run.numFailedTests + run.numRuntimeErrorTestSuites),
    skipped: sum((run) => run.numPendingTests),
  };
}

/** The last lines that are printed. */
export function closingLines({ passed, failed, skipped }: Totals): readonly string[] {
  const totals = `${passed} passed, ${failed} failed`;
  if (skipped === 0) return [totals];
  return [
    `${skipped} skipped: they compare with open data sets, which are not at HOMEOSTAT_DATA or ../shared/data`,
    totals,
  ];
}
