import type { Forecaster, ForecastOutput } from '#libs/domain/forecasting';
import { FORECASTERS } from '#libs/domain/models';
import { resolveCode } from '#libs/domain/quantities';
import { Problem } from '#libs/platform/http';
import { measureOf } from '../wire.js';

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

const OUTCOMES = FORECASTERS.flatMap(({ outputs }) =>
  outputs.flatMap(({ code, outcome }) => (outcome === undefined ? [] : [{ code, outcome }])),
);

/** Name and unit of what is forecast, a measure or an outcome that nobody measures, by its number. */
export function outputNamed(code: number): { readonly name: string; readonly unit: string } {
  return OUTCOMES.find((one) => one.code === code)?.outcome ?? measureOf(code);
}

/** @throws Problem 400 when the code is none of the catalogue */
export function codeOf(code: string): number;
export function codeOf(code: string | undefined): number | undefined;
export function codeOf(code: string | undefined): number | undefined {
  if (code === undefined) return undefined;
  const number = resolveCode(code)?.number ?? OUTCOMES.find(({ outcome }) => outcome.name === code)?.code;
  if (number !== undefined) return number;
  throw new Problem(400, 'code-unknown', 'the code is not in the catalogue', [
    {
      pointer: '/code',
      code: 'code-unknown',
      detail: 'must be a name of the catalogue, or one of its LOINC or MDC codes',
    },
  ]);
}
