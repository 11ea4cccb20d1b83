import type { PoolClient } from 'pg';
import { unpackForecast, type StoredForecast } from '#libs/domain/ledger';
import { binaryBytesArray, plainArray, textArray } from '../postgres/pg-arrays.js';
import type { ForecastPlace } from './write-forecasts.js';

/** A block of the prediction ledger that is to be looked at. Times in ms. */
export interface DueBlock extends ForecastPlace {
  readonly patient: string;
  readonly block: number;
  readonly createdAt: number;
  /** Newest effective time known of the patient. */
  readonly asOf: number;
  /** Forecasts that were settled before; null: none. */
  readonly content: Uint8Array | null;
  readonly tally: Uint8Array | null;
}

export interface DueBlocks {
  /** The database's time, ms. */
  readonly now: number;
  readonly blocks: readonly DueBlock[];
}

/** Blocks that are due, longest due first; they are this transaction's until it ends, and others are not waited for. */
export async function claimDueBlocks(client: PoolClient, limit: number): Promise<DueBlocks> {
  const { rows } = await client.query<DueBlock & { readonly now: number }>({
    name: 'forecast-blocks-claim',
    text: `SELECT b.tenant, b.twin::text AS twin, b.model, b.code, t.patient, (extract(epoch FROM b.block) * 1000)::float8 AS block,
        (extract(epoch FROM b.created_at) * 1000)::float8 AS "createdAt", coalesce(extract(epoch FROM t.as_of) * 1000, 0)::float8 AS "asOf",
        b.content, b.tally, round(extract(epoch FROM now()) * 1000)::float8 AS now
      FROM forecast_blocks b JOIN twins t ON t.tenant = b.tenant AND t.key = b.twin
      WHERE b.due_at <= now() ORDER BY b.due_at LIMIT $1 FOR UPDATE OF b SKIP LOCKED`,
    values: [limit],
  });
  return { now: rows[0]?.now ?? 0, blocks: rows };
}

/** The forecasts of these blocks that are scored and not settled, by place in `blocks`, in the order in which they were made. */
export async function unsettledForecasts(
  client: PoolClient,
  blocks: readonly DueBlock[],
): Promise<readonly (readonly StoredForecast[])[]> {
  const { rows } = await client.query<UnsettledRow>({
    name: 'forecasts-unsettled',
    text: `SELECT u.ord::int AS ord, f.version::float8 AS version, (extract(epoch FROM f.issued_at) * 1000)::float8 AS issued,
        (extract(epoch FROM f.recorded_at) * 1000)::float8 AS recorded, f.content
      FROM unnest($1::int4[], $2::int8[], $3::text[], $4::int2[], $5::float8[]) WITH ORDINALITY AS u (tenant, twin, model, code, block, ord)
      JOIN forecasts f ON f.tenant = u.tenant AND f.twin = u.twin AND f.model = u.model AND f.code = u.code
        AND f.block = to_timestamp(u.block / 1000) AND f.content IS NOT NULL AND f.scored
      ORDER BY u.ord, f.version`,
    values: [...placesOf(blocks), plainArray(blocks.map(({ block }) => block))],
  });
  return byBlock(blocks, rows);
}

/** Those that are not scored, the first so many of each block. */
export async function unscoredForecasts(
  client: PoolClient,
  blocks: readonly DueBlock[],
  limit: number,
): Promise<readonly (readonly StoredForecast[])[]> {
  if (blocks.length === 0) return [];
  const { rows } = await client.query<UnsettledRow>({
    name: 'forecasts-unscored',
    text: `SELECT u.ord::int AS ord, f.version::float8 AS version, (extract(epoch FROM f.issued_at) * 1000)::float8 AS issued,
        (extract(epoch FROM f.recorded_at) * 1000)::float8 AS recorded, f.content
      FROM unnest($1::int4[], $2::int8[], $3::text[], $4::int2[], $5::float8[]) WITH ORDINALITY AS u (tenant, twin, model, code, block, ord),
        LATERAL (SELECT * FROM forecasts WHERE tenant = u.tenant AND twin = u.twin AND model = u.model AND code = u.code
          AND block = to_timestamp(u.block / 1000) AND content IS NOT NULL AND NOT scored ORDER BY version LIMIT $6) f
      ORDER BY u.ord, f.version`,
    values: [...placesOf(blocks), plainArray(blocks.map(({ block }) => block)), limit],
  });
  return byBlock(blocks, rows);
}

interface UnsettledRow {
  readonly ord: number;
  readonly version: number;
  readonly issued: number;
  readonly recorded: number;
  readonly content: Uint8Array;
}

function byBlock(blocks: readonly DueBlock[], rows: readonly UnsettledRow[]): readonly (readonly StoredForecast[])[] {
  const found = Map.groupBy(rows, ({ ord }) => ord - 1);
  return blocks.map((_, i) =>
    (found.get(i) ?? []).map(({ version, issued, recorded, content }) => ({
      version,
      recordedAt: recorded,
      forecast: unpackForecast(content, issued),
    })),
  );
}

/** A block after it was looked at. */
export interface BlockWrite {
  readonly place: DueBlock;
  readonly forecasts: number;
  readonly tally: Uint8Array;
  /** When to look again, ms; null: it is settled. */
  readonly dueAt: number | null;
  /** What is settled; null: nothing is. */
  readonly content: Uint8Array | null;
  /** Versions of the forecasts that the content took over. */
  readonly taken: readonly number[];
}

/** Writes what became of blocks; forecasts that are settled leave their table. */
export async function writeBlocks(client: PoolClient, writes: readonly BlockWrite[]): Promise<void> {
  if (writes.length === 0) return;
  const places = writes.map(({ place }) => place);
  await client.query({
    name: 'forecast-blocks-write',
    text: `UPDATE forecast_blocks b SET forecasts = u.forecasts, tally = u.tally, due_at = to_timestamp(u.due / 1000),
        content = u.content
      FROM unnest($1::int4[], $2::int8[], $3::text[], $4::int2[], $5::float8[], $6::int4[], $7::bytea[], $8::float8[], $9::bytea[])
        AS u (tenant, twin, model, code, block, forecasts, tally, due, content)
      WHERE b.tenant = u.tenant AND b.twin = u.twin AND b.model = u.model AND b.code = u.code AND b.block = to_timestamp(u.block / 1000)`,
    values: [
      ...placesOf(places),
      plainArray(places.map(({ block }) => block)),
      plainArray(writes.map(({ forecasts }) => forecasts)),
      binaryBytesArray(writes.map(({ tally }) => tally)),
      plainArray(writes.map(({ dueAt }) => dueAt)),
      binaryBytesArray(writes.map(({ content }) => content)),
    ],
  });
  const taken = writes.flatMap(({ place, taken: versions }) => versions.map((version) => ({ place, version })));
  if (taken.length === 0) return;
  await client.query({
    name: 'forecasts-settle',
    text: `DELETE FROM forecasts f USING unnest($1::int4[], $2::int8[], $3::text[], $4::int2[], $5::int8[])
        AS u (tenant, twin, model, code, version)
      WHERE f.tenant = u.tenant AND f.twin = u.twin AND f.model = u.model AND f.code = u.code AND f.version = u.version`,
    values: [...placesOf(taken.map(({ place }) => place)), plainArray(taken.map(({ version }) => version))],
  });
}

/** What a model came to lately for a person and measure, and what was said of it last. */
export interface Standing {
  readonly tallies: readonly Uint8Array[];
  readonly status: 'active' | 'demoted';
}

/** The standing over the `overMs` before the newest block, for each place. */
export async function standingsOf(
  client: PoolClient,
  places: readonly ForecastPlace[],
  overMs: number,
): Promise<readonly Standing[]> {
  if (places.length === 0) return [];
  const { rows } = await client.query<{
    readonly ord: number;
    readonly tallies: readonly Uint8Array[] | null;
    readonly status: Standing['status'] | null;
  }>({
    name: 'model-standings',
    text: `SELECT u.ord::int AS ord,
        (SELECT array_agg(b.tally) FROM forecast_blocks b WHERE b.tenant = u.tenant AND b.twin = u.twin AND b.model = u.model AND b.code = u.code
           AND b.tally IS NOT NULL AND b.block > (SELECT max(n.block) FROM forecast_blocks n WHERE n.tenant = u.tenant AND n.twin = u.twin
             AND n.model = u.model AND n.code = u.code) - $5::float8 / 1000 * interval '1 second') AS tallies,
        (SELECT s.status FROM model_statuses s WHERE s.tenant = u.tenant AND s.twin = u.twin AND s.model = u.model AND s.code = u.code
           ORDER BY s.recorded_at DESC, s.version DESC LIMIT 1) AS status
      FROM unnest($1::int4[], $2::int8[], $3::text[], $4::int2[]) WITH ORDINALITY AS u (tenant, twin, model, code, ord) ORDER BY u.ord`,
    values: [...placesOf(places), overMs],
  });
  return rows.map(({ tallies, status }) => ({ tallies: tallies ?? [], status: status ?? 'active' }));
}

function placesOf(places: readonly ForecastPlace[]): string[] {
  return [
    plainArray(places.map(({ tenant }) => tenant)),
    plainArray(places.map(({ twin }) => twin)),
    textArray(places.map(({ model }) => model)),
    plainArray(places.map(({ code }) => code)),
  ];
}
