import type { Pool } from 'pg';
import { z } from 'zod';
import type { ForecastHistoryQuery, ForecastPairListSchema, ForecastPairSchema } from '#libs/contracts';
import { isInside, type Forecaster, type ForecastOutput, type ForecastPoint } from '#libs/domain/forecasting';
import { forecastId, timeOf, truthOf, type Truth } from '#libs/domain/ledger';
import { DISCLAIMER } from '#libs/domain/twin';
import { decodeCursor, notFound, pageOf } from '#libs/platform/http';
import { findTruths, findTwin, forecastsFrom, type ForecastRow, type TwinRow } from '#libs/platform/storage';
import { Ms } from '../twins/places.js';
import { iso, ms } from '../wire.js';
import { codeOf, outputNamed, outputsOf } from './outputs.js';

const DAY = 86_400_000;
const Place = z.object({
  issuedAt: Ms,
  version: z.number().int(),
  model: z.string().max(64),
  minutes: z.number().int(),
});
type Place = z.output<typeof Place>;

/** One horizon of one forecast. */
interface Pair {
  readonly row: ForecastRow;
  readonly point: ForecastPoint;
}

/** A page of forecasts as they were issued, horizon by horizon, each with what came. */
export async function forecastHistory(
  pool: Pool,
  forecasters: readonly Forecaster[],
  tenant: number,
  patient: string,
  query: z.output<typeof ForecastHistoryQuery>,
  now: number,
): Promise<z.input<typeof ForecastPairListSchema>> {
  const code = codeOf(query.code);
  const list = { list: 'forecast-history', tenant, of: patient };
  const after = decodeCursor(list, Place, query.cursor);
  const twin = await findTwin(pool, tenant, patient);
  if (twin === undefined) throw notFound('the patient');
  const outputs = outputsOf(forecasters, code).filter(
    ({ card }) => query.model === undefined || card.id === query.model,
  );
  const to = ms(query.to) ?? now + DAY;
  const from = ms(query.from) ?? Math.min(to, now) - DAY;
  const models = outputs.map(({ card }) => card.id);
  const asked = { models, code, from, to, minutes: query.minutes };
  const pairs = outputs.length === 0 ? [] : await pairsFrom(pool, tenant, twin.key, asked, after, query.limit + 1);
  const byModel = new Map(outputs.map(({ card, output }) => [card.id as string, output]));
  const outputOf = ({ row }: Pair): ForecastOutput => byModel.get(row.model)!;
  const truths = await truthsOf(pool, tenant, twin, pairs, outputOf, ms(query['known-at']), now);
  const page = pageOf(
    list,
    pairs.map((pair, i) => ({ pair, truth: truths[i]! })),
    query.limit,
    ({ pair, truth }) => pairView(tenant, twin.key, pair, truth),
    ({ pair }) => placeOf(pair),
  );
  return { disclaimer: DISCLAIMER, ...page };
}

async function pairsFrom(
  pool: Pool,
  tenant: number,
  twin: string,
  asked: { models: readonly string[]; code: number; from: number; to: number; minutes: number | undefined },
  after: Place | undefined,
  limit: number,
): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  let atOnce = 2 * limit;
  for (let from = Math.max(asked.from, after?.issuedAt ?? asked.from); from < asked.to && pairs.length < limit;) {
    const { rows, until } = await forecastsFrom(pool, tenant, twin, { ...asked, from, limit: atOnce });
    // What was issued for one moment (late values) is never cut.
    if (until <= from) {
      atOnce *= 4;
      continue;
    }
    for (const row of rows) {
      for (const point of row.forecast.points) {
        const pair = { row, point };
        if (asked.minutes !== undefined && point.minutes !== asked.minutes) continue;
        if (after === undefined || isAfter(placeOf(pair), after)) pairs.push(pair);
      }
    }
    from = until;
  }
  return pairs.slice(0, limit);
}

function placeOf({ row: { version, model, forecast }, point }: Pair): Place {
  return { issuedAt: forecast.issuedAt, version, model, minutes: point.minutes };
}

function isAfter(a: Place, b: Place): boolean {
  if (a.issuedAt !== b.issuedAt) return a.issuedAt > b.issuedAt;
  if (a.version !== b.version) return a.version > b.version;
  if (a.model !== b.model) return a.model > b.model;
  return a.minutes > b.minutes;
}

async function truthsOf(
  pool: Pool,
  tenant: number,
  twin: TwinRow,
  pairs: readonly Pair[],
  outputOf: (pair: Pair) => ForecastOutput,
  knownAt: number | undefined,
  now: number,
): Promise<readonly Truth[]> {
  const targets = pairs.map((pair) => {
    const { row, point } = pair;
    const t = timeOf(row.forecast, point.minutes);
    const { toleranceMs, outcome } = outputOf(pair);
    return { tenant, twin: twin.key, code: row.code, t, toleranceMs, outcome };
  });
  const found = await findTruths(pool, targets, knownAt);
  const newest = twin.asOf ?? Number.NEGATIVE_INFINITY;
  return pairs.map((pair, i) =>
    truthOf(pair.row, pair.point.minutes, { newest, now, toleranceMs: outputOf(pair).toleranceMs }, found[i]),
  );
}

function pairView(
  tenant: number,
  twin: string,
  { row, point }: Pair,
  truth: Truth,
): z.input<typeof ForecastPairSchema> {
  const { model, code, recordedAt, forecast, scored } = row;
  const { minutes, mean, quantiles, baselines } = point;
  const head = {
    forecast: forecastId(tenant, twin, row),
    code: outputNamed(code).name,
    model: { id: model, version: forecast.modelVersion, status: forecast.status },
    minutes,
    issuedAt: iso(forecast.issuedAt),
    recordedAt: iso(recordedAt),
    effectiveAt: iso(timeOf(forecast, minutes)),
    mean,
    quantiles: { ...quantiles },
    baselines: { ...baselines },
    scored,
  };
  if ('unscored' in truth) {
    const none = { actual: null, actualAt: null, actualVersion: null, error: null, inside80: null, inside95: null };
    return { ...head, ...none, unscored: truth.unscored };
  }
  return {
    ...head,
    actual: truth.x,
    actualAt: iso(truth.t),
    actualVersion: truth.version,
    error: mean - truth.x,
    inside80: isInside(quantiles, '0.8', truth.x),
    inside95: isInside(quantiles, '0.95', truth.x),
  };
}
