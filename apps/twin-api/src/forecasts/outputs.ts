import type { Forecaster, ForecastOutput } from '#libs/domain/forecasting';
import { resolveCode } from '#libs/domain/quantities';
import { Problem } from '#libs/platform/http';

/** A measure that a model forecasts. */
export interface Output {
  readonly card: Forecaster['card'];
  readonly output: ForecastOutput;
}

/** What models forecast of a measure (catalogue number; undefined: of all), in the order of the registry. */
export function outputsOf(forecasters: readonly Forecaster[], code: number | undefined): readonly Output[] {
  return forecasters.flatMap(({ card, outputs }) =>
    outputs.filter((output) => code === undefined || output.code === code).map((output) => ({ card, output })),
  );
}

/** @throws Problem 400 when the code is none of the catalogue */
export function codeOf(code: string): number;
export function codeOf(code: string | undefined): number | undefined;
export function codeOf(code: string | undefined): number | undefined {
  if (code === undefined) return undefined;
  const measure = resolveCode(code);
  if (measure !== undefined) return measure.number;
  throw new Problem(400, 'code-unknown', 'the code is not in the catalogue', [
    {
      pointer: '/code',
      code: 'code-unknown',
      detail: 'must be a name of the catalogue, or one of its LOINC or MDC codes',
    },
  ]);
}
