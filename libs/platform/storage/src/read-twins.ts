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

/** The engine's own state of a twin as JSON; undefined while it has none. */
export async function twinSnapshot(pool: Pool, tenant: number, patient: string): Promise<string | undefined> {
  const { rows } = await pool.query<{ snapshot: string | null }>({
    name: 'twin-snapshot',
    text: 'SELECT snapshot FROM twins WHERE tenant = $1 AND patient = $2',
    values: [tenant, patient],
  });
  return rows[0]?.snapshot ?? undefined;
}

/** Page of a tenant's twins by patient id; `after` is the last one of the page before. */
export async function listTwins(
  pool: Pool,
  tenant: number,
  limit: number,
  after?: string,
): Promise<readonly TwinRow[]> {
  const { rows } = await pool.query<TwinRow>(
    `SELECT ${COLUMNS} FROM twins WHERE tenant = $1 AND type = 'system' AND patient > $2 ORDER BY patient LIMIT $3`,
    [tenant, after ?? '', limit],
  );
  return rows;
}
