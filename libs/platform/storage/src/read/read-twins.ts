import type { Pool, PoolClient } from 'pg';

/** A twin as lists show it. Times in ms. */
export interface TwinRow {
  readonly key: string;
  readonly patient: string;
  readonly type: 'component' | 'asset' | 'system' | 'process';
  readonly version: number;
  readonly asOf: number | null;
}

const COLUMNS = `key::text AS key, patient, type::text AS type, version::float8 AS version,
  (extract(epoch FROM as_of) * 1000)::float8 AS "asOf"`;

export async function findTwin(db: Pool | PoolClient, tenant: number, patient: string): Promise<TwinRow | undefined> {
  const { rows } = await db.query<TwinRow>({
    name: 'twin-find',
    text: `SELECT ${COLUMNS} FROM twins WHERE tenant = $1 AND patient = $2`,
    values: [tenant, patient],
  });
  return rows[0];
}

/** The engine's own state of a twin as stored. */
export interface TwinSnapshot {
  /** Of the row. */
  readonly version: number;
  /** JSON; null before the first record. */
  readonly snapshot: string | null;
  /** The engine could not read it. */
  readonly isQuarantined: boolean;
}

export async function twinSnapshot(pool: Pool, tenant: number, patient: string): Promise<TwinSnapshot | undefined> {
  const { rows } = await pool.query<TwinSnapshot>({
    name: 'twin-snapshot',
    text: `SELECT version::float8 AS version, snapshot,
        EXISTS (SELECT 1 FROM quarantined_twins AS q WHERE q.tenant = t.tenant AND q.patient = t.patient) AS "isQuarantined"
      FROM twins AS t WHERE tenant = $1 AND patient = $2`,
    values: [tenant, patient],
  });
  return rows[0];
}
