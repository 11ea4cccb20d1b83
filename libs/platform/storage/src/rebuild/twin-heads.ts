import type { ClientBase, Pool } from 'pg';

/** What the tables have of one patient, for making the twin anew. All of it is read in the caller's transaction. */
export interface TwinPlace {
  readonly tenant: number;
  readonly key: string;
  readonly patient: string;
}

/** A twin's row without its snapshot; times in ms. */
export interface TwinRowHead extends TwinPlace {
  readonly version: number;
  readonly createdAt: number;
  /** When the twin was last written. */
  readonly updatedAt: number;
}

const HEAD = `t.tenant, t.key::text AS key, t.patient, t.version::float8 AS version,
  round(extract(epoch FROM t.created_at) * 1000)::float8 AS "createdAt", round(extract(epoch FROM t.updated_at) * 1000)::float8 AS "updatedAt"`;

export async function twinHead(client: ClientBase, { tenant, key }: TwinPlace): Promise<TwinRowHead | undefined> {
  const { rows } = await client.query<TwinRowHead>(
    `SELECT ${HEAD} FROM twins AS t WHERE t.tenant = $1 AND t.key = $2`,
    [tenant, key],
  );
  return rows[0];
}

/** Twins with a state, of a tenant (all when absent) and patient, by key; `quarantined`: only those in quarantine. */
export async function twinHeads(
  client: ClientBase | Pool,
  asked: { readonly tenant?: string | undefined; readonly patient?: string | undefined; readonly quarantined: boolean },
): Promise<readonly TwinRowHead[]> {
  const { rows } = await client.query<TwinRowHead>(
    `SELECT ${HEAD}
     FROM twins AS t JOIN tenants AS o ON o.key = t.tenant
     WHERE t.snapshot IS NOT NULL AND ($1::text IS NULL OR o.id = $1) AND ($2::text IS NULL OR t.patient = $2)
       AND (NOT $3 OR EXISTS (SELECT 1 FROM quarantined_twins AS q WHERE q.tenant = t.tenant AND q.patient = t.patient))
     ORDER BY t.tenant, t.key`,
    [asked.tenant ?? null, asked.patient ?? null, asked.quarantined],
  );
  return rows;
}

/** Every stored twin of a tenant (all when absent), a few at a time. */
export async function* storedSnapshots(
  db: Pool,
  tenant: string | undefined,
): AsyncGenerator<TwinRowHead & { readonly snapshot: string }> {
  for (let after: readonly [number, string] = [0, '0']; ;) {
    const { rows } = await db.query<TwinRowHead & { snapshot: string }>(
      `SELECT ${HEAD}, t.snapshot FROM twins AS t JOIN tenants AS o ON o.key = t.tenant
       WHERE t.snapshot IS NOT NULL AND ($1::text IS NULL OR o.id = $1) AND (t.tenant, t.key) > ($2::int4, $3::int8)
       ORDER BY t.tenant, t.key LIMIT 200`,
      [tenant ?? null, ...after],
    );
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = [last.tenant, last.key];
  }
}
