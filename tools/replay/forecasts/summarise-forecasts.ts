import type { Forecaster } from '#libs/domain/forecasting';
import { groupScores } from '#libs/domain/ledger';
import { measureByNumber } from '#libs/domain/quantities';
import type { ReplayedForecasts } from './score-forecasts.js';

/** Scores of one model, measure and horizon over all recordings; null where nothing was scored. */
export interface ForecastLine {
  readonly model: string;
  readonly code: string;
  readonly minutes: number;
  readonly n: number;
  /** Due points for which nothing was measured. */
  readonly unscored: number;
  readonly rmse: number | null;
  readonly mae: number | null;
  readonly bias: number | null;
  readonly crps: number | null;
  readonly coverage80: number | null;
  readonly coverage95: number | null;
  /** 1 − RMSE / RMSE of the baseline. */
  readonly skillPersistence: number | null;
  readonly skillPopulationMean: number | null;
}

export interface RefusalLine {
  readonly model: string;
  readonly code: string;
  readonly reason: string;
  readonly times: number;
}

export interface ForecastReport {
  readonly issued: number;
  readonly scored: number;
  readonly scores: readonly ForecastLine[];
  readonly refusals: readonly RefusalLine[];
}

/** The forecasts of all patients together. */
export function summariseForecasts(
  forecasters: readonly Forecaster[],
  patients: readonly { readonly record: string; readonly forecasts: readonly ReplayedForecasts[] }[],
): ForecastReport {
  const all = patients.flatMap(({ record, forecasts }) => forecasts.map((one) => ({ ...one, record })));
  const tallies = all.map(({ record, model, code, tally }) => ({ person: record, group: 'all', model, code, tally }));
  const sum = (of: (one: ReplayedForecasts) => number): number => all.reduce((n, one) => n + of(one), 0);
  const refused = all.flatMap(({ model, code, refusals }) =>
    [...refusals].map(([reason, times]) => ({ model, code: outputName(forecasters, code), reason, times })),
  );
  const byReason = Map.groupBy(refused, ({ model, code, reason }) => `${model}/${code}/${reason}`);
  return {
    issued: sum(({ issued }) => issued),
    scored: sum(({ scored }) => scored),
    scores: groupScores(tallies).map((one): ForecastLine => {
      const { model, minutes, n, unscored, rmse, mae, bias, crps, coverage, skill } = one;
      return {
        model,
        code: outputName(forecasters, one.code),
        minutes,
        n,
        unscored,
        rmse,
        mae,
        bias,
        crps,
        coverage80: coverage?.['0.8'] ?? null,
        coverage95: coverage?.['0.95'] ?? null,
        skillPersistence: skill?.persistence ?? null,
        skillPopulationMean: skill?.['population-mean'] ?? null,
      };
    }),
    refusals: [...byReason.values()]
      .map((same) => ({ ...same[0]!, times: same.reduce((n, { times }) => n + times, 0) }))
      .sort((a, b) => (a.model + a.code + a.reason < b.model + b.code + b.reason ? -1 : 1)),
  };
}

function outputName(forecasters: readonly Forecaster[], code: number): string {
  const outcome = forecasters.flatMap(({ outputs }) => outputs).find((output) => output.code === code)?.outcome;
  return outcome?.name ?? measureByNumber(code)?.name ?? String(code);
}
