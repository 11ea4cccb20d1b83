import { blockLength, blockOf, ledgerForecastOf, packForecast } from '#libs/domain/ledger';
import type { Applied, Catalogue, ForecastChange } from '#libs/domain/twin';
import type { ForecastWrite, ParametersWrite, StatusWrite } from '#libs/platform/storage';

/** Rows of what models said after one record, and of what the record said of models. */
export interface ForecastRows {
  readonly forecasts: ForecastWrite[];
  readonly parameters: ParametersWrite[];
  readonly statuses: StatusWrite[];
}

/** Adds the rows of one record's outcome. `twin` is the twin's key. */
export function addForecastRows(
  rows: ForecastRows,
  catalogue: Catalogue,
  { tenant, twin, patient }: { readonly tenant: number; readonly twin: string; readonly patient: string },
  { state, forecasts, parameters, statuses }: Applied,
): void {
  const { version, heard } = state;
  for (const said of forecasts)
    rows.forecasts.push({ tenant, twin, version, ...forecastWrite(catalogue, said, heard) });
  for (const one of parameters) rows.parameters.push({ tenant, twin, version, parameters: one });
  for (const one of statuses) rows.statuses.push({ tenant, twin, patient, version, status: one });
}

/** @param heard the log's own time after the record, ms */
function forecastWrite(
  { forecasters }: Pick<Catalogue, 'forecasters'>,
  said: ForecastChange,
  heard: number,
): Omit<ForecastWrite, 'tenant' | 'twin' | 'version'> {
  const { model, code, issuedAt, follows } = said;
  const output = forecasters.find(({ card }) => card.id === model)?.outputs.find((one) => one.code === code);
  if (output === undefined) throw new Error(`a forecast of a measure that ${model} does not forecast: ${code}`);
  const block = blockOf(issuedAt, output);
  const place = { model, code, block, issuedAt };
  if (said.kind === 'refused')
    return { ...place, content: null, refusal: said.reason, words: said.message, scored: false, isFirst: false };
  // Nothing joins a block that the ledger has closed: it waits longer than a block is long.
  const isFirst =
    follows === null || blockOf(follows.issuedAt, output) !== block || heard - follows.at >= blockLength(output);
  const content = packForecast(ledgerForecastOf(said, said.version, said.status));
  return { ...place, content, refusal: null, words: said.explanation, scored: said.scored, isFirst };
}
