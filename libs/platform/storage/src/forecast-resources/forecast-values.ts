import type { Pool, PoolClient } from 'pg';
import { forecastId, shownPoints, unpackBlock, unpackForecast, type StoredForecast } from '#libs/domain/ledger';
import type { ForecastKey, ForecastOutcome, ForecastValue } from '#libs/fhir-rest';
import { plainArray, textArray } from '../postgres/pg-arrays.js';

/** A measure that a model forecasts whose forecasts are shown. */
export interface ForecastSource {
  readonly model: string;
  /** Catalogue number. */
  readonly code: number;
  /** What the model is called. */
  readonly title: string;
  /** Of a code that is no measure: what may happen. */
  readonly outcome?: ForecastOutcome | undefined;
}

/** A twin with the FHIR id of its Patient. */
export interface TwinOfPatient {
  readonly key: string;
  readonly patient: string;
}

interface LiveRow {
  readonly twin: string;
  readonly model: string;
  readonly code: number;
  readonly version: number;
  readonly issued: number;
  readonly recorded: number;
  readonly content: Uint8Array;
}

interface BlockRow {
  readonly twin: string;
  readonly model: string;
  readonly code: number;
  readonly block: number;
  readonly content: Uint8Array;
}

const LIVE = `f.twin::text AS twin, f.model, f.code, f.version::float8 AS version, (extract(epoch FROM f.issued_at) * 1000)::float8 AS issued,
  (extract(epoch FROM f.recorded_at) * 1000)::float8 AS recorded, f.content`;
const BLOCK = `b.twin::text AS twin, b.model, b.code, (extract(epoch FROM b.block) * 1000)::float8 AS block, b.content`;
/** Blocks of one output that are looked at for a forecast that was known at a time. */
const MAX_BLOCKS = 8;

/** The newest forecast of each source for each twin, of those that were recorded by `knownAt` (ms). Refusals of models are passed over. */
export async function newestForecasts(
  client: PoolClient,
  tenant: number,
  twins: readonly TwinOfPatient[],
  sources: readonly ForecastSource[],
  knownAt: number,
): Promise<readonly ForecastValue[]> {
  const asked = twins.flatMap(({ key }) => sources.map(({ model, code }) => ({ twin: key, model, code })));
  if (asked.length === 0) return [];
  const live = await client.query<LiveRow>({
    name: 'forecast-resources-newest',
    text: `SELECT ${LIVE} FROM unnest($2::int8[], $3::text[], $4::int2[]) AS u (twin, model, code), LATERAL (
        SELECT * FROM forecasts WHERE tenant = $1 AND twin = u.twin AND model = u.model AND code = u.code AND content IS NOT NULL
          AND recorded_at <= to_timestamp($5::float8 / 1000)
        ORDER BY version DESC LIMIT 1) f`,
    values: [tenant, ...placesOf(asked), knownAt],
  });
  const newest = new Map(live.rows.map((row) => [placeOf(row), { key: row as ForecastKey, stored: storedOf(row) }]));
  const missing = asked.filter((one) => !newest.has(placeOf(one)));
  for (const row of await newestBlocks(client, tenant, missing)) {
    for (const stored of unpackBlock(row.block, row.content)) {
      if (stored.recordedAt > knownAt) continue;
      if ((newest.get(placeOf(row))?.stored.version ?? 0) < stored.version)
        newest.set(placeOf(row), { key: row, stored });
    }
  }
  const patients = new Map(twins.map(({ key, patient }) => [key, patient]));
  return [...newest.values()].map(({ key, stored }) => valueOf(tenant, patients.get(key.twin)!, key, stored, sources));
}

async function newestBlocks(
  client: PoolClient,
  tenant: number,
  asked: readonly ForecastKey[],
): Promise<readonly BlockRow[]> {
  if (asked.length === 0) return [];
  const { rows } = await client.query<BlockRow>({
    name: 'forecast-resources-newest-blocks',
    text: `SELECT ${BLOCK} FROM unnest($2::int8[], $3::text[], $4::int2[]) AS u (twin, model, code), LATERAL (
        SELECT * FROM forecast_blocks WHERE tenant = $1 AND twin = u.twin AND model = u.model AND code = u.code AND content IS NOT NULL
        ORDER BY block DESC LIMIT ${MAX_BLOCKS}) b`,
    values: [tenant, ...placesOf(asked)],
  });
  return rows;
}

/** Forecasts of one twin, source by source, the newest first: as many of those that are kept as `limit`. */
export async function forecastVersions(
  db: Pool | PoolClient,
  tenant: number,
  key: ForecastKey,
  sources: readonly ForecastSource[],
  limit: number,
): Promise<readonly ForecastValue[]> {
  if (!sources.some(({ model, code }) => model === key.model && code === key.code)) return [];
  const place = [tenant, key.twin, key.model, key.code, limit];
  const twin = await db.query<{ patient: string }>({
    name: 'twin-patient',
    text: `SELECT patient FROM twins WHERE tenant = $1 AND key = $2`,
    values: [tenant, key.twin],
  });
  const patient = twin.rows[0]?.patient;
  if (patient === undefined) return [];
  const live = await db.query<LiveRow>({
    name: 'forecast-resources-versions',
    text: `SELECT ${LIVE} FROM forecasts f WHERE tenant = $1 AND twin = $2 AND model = $3 AND code = $4 AND content IS NOT NULL
      ORDER BY version DESC LIMIT $5`,
    values: place,
  });
  // Where the newest is all that is asked for, it is among those that are not settled, unless all are.
  const needsBlocks = live.rows.length < limit;
  const settled = needsBlocks
    ? await db.query<BlockRow>({
        name: 'forecast-resources-blocks',
        text: `SELECT ${BLOCK} FROM forecast_blocks b WHERE tenant = $1 AND twin = $2 AND model = $3 AND code = $4 AND content IS NOT NULL
          ORDER BY block DESC LIMIT $5`,
        values: place,
      })
    : { rows: [] };
  const versions = new Map(live.rows.map((row) => [row.version, storedOf(row)]));
  for (const { block, content } of settled.rows) {
    for (const stored of unpackBlock(block, content)) versions.set(stored.version, stored);
    if (versions.size >= limit) break;
  }
  return [...versions.values()]
    .sort((a, b) => b.version - a.version)
    .slice(0, limit)
    .map((stored) => valueOf(tenant, patient, key, stored, sources));
}

function valueOf(
  tenant: number,
  patient: string,
  { twin, model, code }: ForecastKey,
  { version, recordedAt, forecast }: StoredForecast,
  sources: readonly ForecastSource[],
): ForecastValue {
  const { modelVersion, status, parameters, issuedAt, inputs, decimals } = forecast;
  const source = sources.find((one) => one.model === model && one.code === code);
  return {
    id: forecastId(tenant, twin, { model, code, version }),
    twin,
    model,
    code,
    version,
    patient,
    title: source?.title ?? model,
    outcome: source?.outcome,
    modelVersion,
    status,
    parameters,
    issuedAt,
    recordedAt,
    inputs,
    decimals,
    points: shownPoints(forecast).map(({ minutes, mean, quantiles }) => ({
      minutes,
      mean,
      quantiles: { ...quantiles },
    })),
  };
}

function storedOf({ version, recorded, content, issued }: LiveRow): StoredForecast {
  return { version, recordedAt: recorded, forecast: unpackForecast(content, issued) };
}

function placesOf(asked: readonly ForecastKey[]): string[] {
  return [
    plainArray(asked.map(({ twin }) => twin)),
    textArray(asked.map(({ model }) => model)),
    plainArray(asked.map(({ code }) => code)),
  ];
}

function placeOf({ twin, model, code }: ForecastKey): string {
  return `${twin}/${model}/${code}`;
}
