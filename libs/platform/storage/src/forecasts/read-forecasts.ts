import type { Pool, PoolClient } from 'pg';
import { isScored, unpackBlock, unpackForecast, type StoredForecast } from '#libs/domain/ledger';
import { textArray, plainArray } from '../postgres/pg-arrays.js';

/** Of one person: a model and a measure (catalogue number). */
export interface ModelOutput {
  readonly model: string;
  readonly code: number;
}

/** A stored forecast of a model. Times in ms. */
export interface ForecastRow extends ModelOutput, StoredForecast {
  /** The ledger scores it. */
  readonly scored: boolean;
  /** Its explanation; null once it is settled. */
  readonly words: string | null;
}

/** What a model said last of a measure. */
export type NewestSaid =
  | ({ readonly kind: 'forecast' } & ForecastRow)
  | ({ readonly kind: 'refused'; readonly reason: string; readonly message: string } & ModelOutput);

interface LiveRow extends ModelOutput {
  readonly version: number;
  readonly issued: number;
  readonly recorded: number;
  readonly content: Uint8Array | null;
  readonly refusal: string | null;
  readonly words: string;
  readonly scored: boolean;
}

interface BlockRow extends ModelOutput {
  readonly block: number;
  readonly content: Uint8Array;
}

const LIVE = `f.model, f.code, f.version::float8 AS version, (extract(epoch FROM f.issued_at) * 1000)::float8 AS issued,
  (extract(epoch FROM f.recorded_at) * 1000)::float8 AS recorded, f.content, f.refusal, f.words, f.scored`;
const BLOCK = `b.model, b.code, (extract(epoch FROM b.block) * 1000)::float8 AS block, b.content`;

/**
 * What each model said last of each measure that was true by `at` and known at `knownAt` (ms; undefined: now). An output of which nothing was said is not among
 * the answers.
 */
export async function newestSaid(
  pool: Pool,
  tenant: number,
  twin: string,
  outputs: readonly ModelOutput[],
  at: number | undefined,
  knownAt: number | undefined,
): Promise<readonly NewestSaid[]> {
  if (outputs.length === 0) return [];
  const asked = [
    tenant,
    twin,
    textArray(outputs.map(({ model }) => model)),
    plainArray(outputs.map(({ code }) => code)),
    at ?? null,
    knownAt ?? null,
  ];
  const { rows } = await pool.query<LiveRow>({
    name: 'forecasts-newest',
    text: `SELECT ${LIVE} FROM unnest($3::text[], $4::int2[]) AS u (model, code), LATERAL (
        SELECT * FROM forecasts WHERE tenant = $1 AND twin = $2 AND model = u.model AND code = u.code
          AND ($5::float8 IS NULL OR issued_at <= to_timestamp($5 / 1000)) AND ($6::float8 IS NULL OR recorded_at <= to_timestamp($6 / 1000))
        ORDER BY version DESC LIMIT 1) f`,
    values: asked,
  });
  const newest = new Map(rows.map((row) => [`${row.model}/${row.code}`, { version: row.version, said: saidOf(row) }]));
  if (at === undefined && knownAt === undefined && rows.length === outputs.length)
    return rows.map((row) => newest.get(`${row.model}/${row.code}`)!.said);
  // Two blocks: the newest may have nothing that was true and known by then.
  const settled = await pool.query<BlockRow>({
    name: 'forecast-blocks-newest',
    text: `SELECT ${BLOCK} FROM unnest($3::text[], $4::int2[]) AS u (model, code), LATERAL (
        SELECT * FROM forecast_blocks WHERE tenant = $1 AND twin = $2 AND model = u.model AND code = u.code AND content IS NOT NULL
          AND ($5::float8 IS NULL OR block <= to_timestamp($5 / 1000))
        ORDER BY block DESC LIMIT CASE WHEN $6::float8 IS NULL THEN 2 ELSE 8 END) b`,
    values: asked,
  });
  for (const row of settled.rows) {
    for (const one of unpackBlock(row.block, row.content)) {
      if (at !== undefined && one.forecast.issuedAt > at) continue;
      if (knownAt !== undefined && one.recordedAt > knownAt) continue;
      const key = `${row.model}/${row.code}`;
      if ((newest.get(key)?.version ?? -1) >= one.version) continue;
      const { model, code } = row;
      const said = { kind: 'forecast', model, code, words: null, scored: isScored(one), ...one } as const;
      newest.set(key, { version: one.version, said });
    }
  }
  return [...newest.values()].map(({ said }) => said);
}

function saidOf({ model, code, version, issued, recorded, content, refusal, words, scored }: LiveRow): NewestSaid {
  if (content === null) return { kind: 'refused', model, code, reason: refusal ?? 'no-data', message: words };
  const forecast = unpackForecast(content, issued);
  return { kind: 'forecast', model, code, version, recordedAt: recorded, forecast, words, scored };
}

export interface ForecastFilter {
  readonly models: readonly string[];
  readonly code: number;
  /** By effective time of issue, ms; `to` exclusive. */
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

/** Blocks read at once; more than there are models, so that each time is covered for all of them. */
const BLOCKS_AT_ONCE = 24;

/** Forecasts of one measure in order of issue, then version and model. `until`: all up to there (exclusive, ms) are among them. */
export async function forecastsFrom(
  db: Pool | PoolClient,
  tenant: number,
  twin: string,
  { models, code, from, to, limit }: ForecastFilter,
): Promise<{ readonly rows: readonly ForecastRow[]; readonly until: number }> {
  const blocks = await db.query<BlockRow>({
    name: 'forecast-blocks-from',
    text: `SELECT ${BLOCK} FROM unnest($3::text[]) AS u (model), LATERAL (
        SELECT * FROM forecast_blocks WHERE tenant = $1 AND twin = $2 AND model = u.model AND code = $4 AND content IS NOT NULL
          AND block > to_timestamp($5::float8 / 1000) - interval '1 day' AND block < to_timestamp($6::float8 / 1000)
        ORDER BY block LIMIT ${BLOCKS_AT_ONCE}) b ORDER BY b.block LIMIT ${BLOCKS_AT_ONCE}`,
    values: [tenant, twin, textArray(models), code, from, to],
  });
  const live = await liveFrom(db, tenant, twin, { models, code, from, to }, limit);
  const found = [...live];
  for (const { model, code: of, block, content } of blocks.rows)
    for (const one of unpackBlock(block, content)) {
      const { version, recordedAt, forecast } = one;
      if (forecast.issuedAt >= from && forecast.issuedAt < to)
        found.push({ model, code: of, version, recordedAt, forecast, words: null, scored: isScored(one) });
    }
  const until = Math.min(
    live.length === limit ? live.at(-1)!.forecast.issuedAt : to,
    blocks.rows.length === BLOCKS_AT_ONCE ? blocks.rows.at(-1)!.block : to,
  );
  // Of a time that all rows have there is no later part to begin with.
  const rows = found.filter(({ forecast }) => forecast.issuedAt < until).sort(inOrder);
  return { rows, until };
}

/** Those that are scored and not settled, in order of issue. */
export function unsettledFrom(
  db: Pool | PoolClient,
  tenant: number,
  twin: string,
  filter: Omit<ForecastFilter, 'limit'>,
): Promise<readonly ForecastRow[]> {
  return liveFrom(db, tenant, twin, filter, null, true);
}

/**
 * @param limit null: all
 * @param isScoredOnly without those that the ledger does not score
 */
async function liveFrom(
  db: Pool | PoolClient,
  tenant: number,
  twin: string,
  { models, code, from, to }: Omit<ForecastFilter, 'limit'>,
  limit: number | null,
  isScoredOnly = false,
): Promise<readonly ForecastRow[]> {
  const { rows } = await db.query<LiveRow>({
    name: 'forecasts-from',
    text: `SELECT ${LIVE} FROM forecasts f WHERE f.tenant = $1 AND f.twin = $2 AND f.model = ANY ($3::text[]) AND f.code = $4
        AND f.content IS NOT NULL AND f.issued_at >= to_timestamp($5::float8 / 1000) AND f.issued_at < to_timestamp($6::float8 / 1000)
        AND (f.scored OR NOT $8::bool)
      ORDER BY f.issued_at, f.version, f.model LIMIT $7::int8`,
    values: [tenant, twin, textArray(models), code, from, to, limit, isScoredOnly],
  });
  return rows.map((row) => ({
    model: row.model,
    code: row.code,
    version: row.version,
    recordedAt: row.recorded,
    forecast: unpackForecast(row.content!, row.issued),
    words: row.words,
    scored: row.scored,
  }));
}

function inOrder(a: ForecastRow, b: ForecastRow): number {
  const [at, bt] = [a.forecast.issuedAt, b.forecast.issuedAt];
  if (at !== bt) return at - bt;
  if (a.version !== b.version) return a.version - b.version;
  return a.model < b.model ? -1 : Number(a.model > b.model);
}
