import type { Pool } from 'pg';
import type { z } from 'zod';
import type { ForecastListSchema, ForecastSchema, ForecastsQuery } from '#libs/contracts';
import type { Forecaster } from '#libs/domain/forecasting';
import { forecastId, shownPoints, timeOf } from '#libs/domain/ledger';
import { DISCLAIMER } from '#libs/domain/twin';
import { notFound } from '#libs/platform/http';
import { findTwin, newestSaid, type ForecastRow, type NewestSaid } from '#libs/platform/storage';
import { iso, measureOf, ms } from '../wire.js';
import { codeOf, outputNamed, outputsOf, type Output } from './outputs.js';

type Answer = z.input<typeof ForecastListSchema>;
type Refused = Answer['refused'][number];

const MINUTE = 60_000;
/** After it has been settled in the ledger. */
const NOT_KEPT = 'The explanation of a forecast is not kept once the forecast is settled in the ledger.';

/** The newest forecast of each measure at a time, or why there is none. Models in shadow and baselines are not shown. */
export async function newestForecasts(
  pool: Pool,
  forecasters: readonly Forecaster[],
  tenant: number,
  patient: string,
  query: z.output<typeof ForecastsQuery>,
  now: number,
): Promise<Answer> {
  const code = codeOf(query.code);
  const twin = await findTwin(pool, tenant, patient);
  if (twin === undefined) throw notFound('the patient');
  const shown = forecasters.filter(({ card }) => card.status === 'active');
  const outputs = outputsOf(shown, code);
  const wanted = outputs.map(({ card, output }) => ({ model: card.id, code: output.code }));
  const at = ms(query.at);
  const said = await newestSaid(pool, tenant, twin.key, wanted, at, ms(query['known-at']));
  const items: z.input<typeof ForecastSchema>[] = [];
  const refused: Refused[] = [];
  for (const own of Map.groupBy(outputs, ({ output }) => output.code).values()) {
    // The first model that answers is shown; its refusal counts where none does.
    const judged = own.map((one) => judge(one, said, at ?? now));
    const answer = judged.find((one) => 'forecast' in one);
    if (answer !== undefined && 'forecast' in answer) items.push(forecastView(tenant, twin.key, patient, answer));
    else refused.push(judged[0] as Refused);
  }
  return { disclaimer: DISCLAIMER, items, refused };
}

function judge(
  { card, output }: Output,
  said: readonly NewestSaid[],
  at: number,
): Refused | (ForecastRow & { readonly kind: 'forecast' }) {
  const newest = said.find(({ model, code }) => model === card.id && code === output.code);
  const head = { code: outputNamed(output.code).name, model: card.id };
  if (newest === undefined)
    return { ...head, reason: 'no-data', message: `There is no ${head.code} to forecast from.` };
  if (newest.kind === 'refused') return { ...head, reason: newest.reason, message: newest.message };
  const { issuedAt } = newest.forecast;
  const fresh = output.freshMs ?? output.minutes[0]! * MINUTE;
  if (at - issuedAt <= fresh) return newest;
  const message = `The newest ${head.code} that was forecast from is of ${iso(issuedAt)}, more than ${fresh / MINUTE} min ago.`;
  return { ...head, reason: 'stale-data', message };
}

export function forecastView(
  tenant: number,
  twin: string,
  patient: string,
  row: ForecastRow,
): z.input<typeof ForecastSchema> {
  const { model, code, forecast, recordedAt, words } = row;
  const { issuedAt, dataUntil, inputs, parameters, modelVersion, status } = forecast;
  const measure = outputNamed(code);
  return {
    id: forecastId(tenant, twin, row),
    patient,
    code: measure.name,
    unit: measure.unit,
    model: { id: model, version: modelVersion, status },
    issuedAt: iso(issuedAt),
    dataUntil: iso(dataUntil),
    recordedAt: iso(recordedAt),
    points: shownPoints(forecast).map(({ minutes, mean, quantiles, baselines }) => ({
      minutes,
      effectiveAt: iso(timeOf(forecast, minutes)),
      mean,
      quantiles: { ...quantiles },
      baselines: { ...baselines },
    })),
    inputs: inputs.map(({ code: of, count, newest }) => ({ code: measureOf(of).name, count, newest: iso(newest) })),
    parameters,
    explanation: words === null ? NOT_KEPT : explained(words, status),
  };
}

function explained(words: string, status: 'active' | 'demoted'): string {
  if (status === 'active') return words;
  return `For this person the model did worse than the newest value that goes on, which is shown in its place. ${words}`;
}
