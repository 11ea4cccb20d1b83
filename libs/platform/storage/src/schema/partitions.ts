import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../postgres/in-transaction.js';

/** Any number that no other part of Homeostat locks on. */
const PARTITION_LOCK = 7_203_615_003;
const DAY = 24 * 60 * 60_000;

/** Tables with a partition for each month, and the time (a column, UTC) by which; everything else is in the default partition. */
const PARTITIONED = [
  { table: 'measurements', time: 'effective_at' },
  { table: 'forecast_blocks', time: 'block' },
] as const;
type Partitioned = (typeof PARTITIONED)[number];

interface Month {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Makes the monthly partitions around `now` (ms): the month before, this one and the two to come. Rows that
 * the default partition already holds for a new month move into it. Safe when several apps do it at once.
 *
 * @returns names of the partitions made
 */
export async function makePartitions(pool: Pool, now: number): Promise<readonly string[]> {
  const made: string[] = [];
  for (const partitioned of PARTITIONED) made.push(...(await makeMissing(pool, partitioned, now)));
  return made;
}

async function makeMissing(pool: Pool, partitioned: Partitioned, now: number): Promise<readonly string[]> {
  const wanted = [-1, 0, 1, 2].map((offset) => monthOf(partitioned, now, offset));
  const { rows } = await pool.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = $1::regclass`,
    [partitioned.table],
  );
  const there = new Set(rows.map((row) => row.name));
  const missing = wanted.filter((month) => !there.has(month.name));
  for (const month of missing) await withLockTimeout(pool, (client) => attach(client, partitioned, month));
  return missing.map((month) => month.name);
}

async function attach(client: PoolClient, { table, time }: Partitioned, { name, from, to }: Month): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
  const { rows } = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [name]);
  if (rows[0]?.there === true) return;
  await client.query(`CREATE TABLE "${name}" (LIKE ${table} INCLUDING DEFAULTS)`);
  // No row of the month may appear in the default partition between the move and the attachment.
  await client.query(`LOCK TABLE ${table}_default IN ACCESS EXCLUSIVE MODE`);
  await client.query(
    `WITH moved AS (DELETE FROM ${table}_default WHERE ${time} >= $1 AND ${time} < $2 RETURNING *)
     INSERT INTO "${name}" SELECT * FROM moved`,
    [from, to],
  );
  await client.query(`ALTER TABLE ${table} ATTACH PARTITION "${name}" FOR VALUES FROM ('${from}') TO ('${to}')`);
}

export interface Removed {
  readonly partitions: readonly string[];
  readonly rows: number;
}

/**
 * Removes measurements whose effective time and recording are both longer ago than `keepDays`: whole months where every row
 * is, rows elsewhere. So an old history that was imported yesterday stays as long as a value measured yesterday.
 */
export async function removeOldMeasurements(pool: Pool, now: number, keepDays: number): Promise<Removed> {
  const cutoff = new Date(now - keepDays * DAY).toISOString();
  const { rows } = await pool.query<{ name: string; until: string | null }>(
    `SELECT c.relname AS name, substring(pg_get_expr(c.relpartbound, c.oid) FROM $$TO \\('([^']+)'\\)$$) AS until
     FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'measurements'::regclass ORDER BY 1`,
  );
  const dropped: string[] = [];
  let deleted = 0;
  for (const { name, until } of rows) {
    if (until !== null && Date.parse(until) > Date.parse(cutoff)) continue;
    if (until !== null && (await dropIfOld(pool, name, cutoff))) dropped.push(name);
    else deleted += await deleteOld(pool, name, cutoff);
  }
  await deleteOld(pool, 'measurement_judgements', cutoff);
  return { partitions: dropped, rows: deleted };
}

/**
 * Removes what the prediction ledger has of forecasts that were issued longer ago than `keepDays` (effective time): whole months where they are, blocks elsewhere;
 * and what models said since before that and is not in the ledger (refusals).
 */
export async function removeOldForecasts(pool: Pool, now: number, keepDays: number): Promise<Removed> {
  const cutoff = new Date(now - keepDays * DAY).toISOString();
  const { rows } = await pool.query<{ name: string; isOld: boolean }>(
    `SELECT c.relname AS name, substring(pg_get_expr(c.relpartbound, c.oid) FROM $$TO \\('([^']+)'\\)$$)::timestamptz <= $1 AS "isOld"
     FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'forecast_blocks'::regclass ORDER BY 1`,
    [cutoff],
  );
  const old = rows.filter(({ isOld }) => isOld === true).map(({ name }) => name);
  for (const name of old) {
    await withLockTimeout(pool, async (client) => {
      await client.query('SELECT pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
      await client.query(`DROP TABLE IF EXISTS "${name}"`);
    });
  }
  const blocks = await deleteWhere(pool, 'forecast_blocks_default', 'block < $1', cutoff);
  const said = await deleteWhere(pool, 'forecasts', 'issued_at < $1 AND recorded_at < $1', cutoff);
  return { partitions: old, rows: blocks + said };
}

async function dropIfOld(pool: Pool, name: string, cutoff: string): Promise<boolean> {
  return withLockTimeout(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
    await client.query(`LOCK TABLE "${name}" IN ACCESS EXCLUSIVE MODE`);
    const { rowCount } = await client.query(`SELECT 1 FROM "${name}" WHERE recorded_at >= $1 LIMIT 1`, [cutoff]);
    if (rowCount !== 0) return false;
    await client.query(`DROP TABLE "${name}"`);
    return true;
  });
}

const STEP = 5_000;

function deleteOld(pool: Pool, name: string, cutoff: string): Promise<number> {
  return deleteWhere(pool, name, 'effective_at < $1 AND recorded_at < $1', cutoff);
}

/** In small steps, to keep transactions short. */
async function deleteWhere(pool: Pool, name: string, condition: string, cutoff: string): Promise<number> {
  for (let deleted = 0; ;) {
    const { rowCount } = await pool.query(
      `DELETE FROM "${name}" WHERE ctid = ANY (ARRAY (
         SELECT ctid FROM "${name}" WHERE ${condition} LIMIT ${STEP}))`,
      [cutoff],
    );
    deleted += rowCount ?? 0;
    if ((rowCount ?? 0) < STEP) return deleted;
  }
}

function monthOf({ table }: Partitioned, now: number, offset: number): Month {
  const today = new Date(now);
  const from = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + offset, 1)).toISOString();
  const to = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + offset + 1, 1)).toISOString();
  return { name: `${table}_${from.slice(0, 7).replace('-', '_')}`, from, to };
}

function withLockTimeout<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, async (client) => {
    await client.query(`SET LOCAL lock_timeout = '5s'`);
    return work(client);
  });
}
