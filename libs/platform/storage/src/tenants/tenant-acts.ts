import type { ClientBase } from 'pg';

/** An act for all patients of a tenant: `record` is the JSON of the act record without `patient`. */
export interface TenantAct {
  readonly tenant: number;
  readonly record: string;
}

/** Some of the patients that an act has yet to reach, in the order of their twins. */
export interface TenantActStep extends TenantAct {
  readonly patients: readonly string[];
}

/**
 * Notes an act for every patient of the tenant whose twin exists now. The caller holds the lock of the tenant's row, so no twin of the
 * tenant is being made meanwhile.
 */
export async function planTenantAct(client: ClientBase, { tenant, record }: TenantAct): Promise<void> {
  await client.query(
    `INSERT INTO tenant_acts (tenant, record, last_twin, created_at)
     SELECT $1, $2, max(key), now() FROM twins WHERE tenant = $1 HAVING max(key) IS NOT NULL`,
    [tenant, record],
  );
}

/**
 * Takes the next patients of an act that is under way, and moves the act on past them: both count exactly when the transaction
 * commits. Of a tenant the oldest act is taken, so that acts reach each patient in the order they were made; an act that another
 * transaction is processing is left to it.
 *
 * @param most patients taken at once
 * @returns undefined when there is nothing to do, or all of it is in other hands
 */
export async function takeTenantAct(client: ClientBase, most: number): Promise<TenantActStep | undefined> {
  const acts = await client.query<TenantAct & { id: string; next: string; last: string }>(
    `SELECT tenant, id, record, next_twin AS next, last_twin AS last FROM tenant_acts a
     WHERE NOT EXISTS (SELECT 1 FROM tenant_acts b WHERE b.tenant = a.tenant AND b.id < a.id)
     ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`,
  );
  const act = acts.rows[0];
  if (act === undefined) return undefined;
  const { tenant, record, id, next, last } = act;
  const { rows } = await client.query<{ key: string; patient: string }>(
    `SELECT key, patient FROM twins WHERE tenant = $1 AND key >= $2 AND key <= $3 ORDER BY key LIMIT $4`,
    [tenant, next, last, most],
  );
  const newest = rows.at(-1)?.key;
  if (newest === undefined || rows.length < most) {
    await client.query('DELETE FROM tenant_acts WHERE tenant = $1 AND id = $2', [tenant, id]);
  } else {
    await client.query('UPDATE tenant_acts SET next_twin = $3 WHERE tenant = $1 AND id = $2', [
      tenant,
      id,
      String(BigInt(newest) + 1n),
    ]);
  }
  return { tenant, record, patients: rows.map(({ patient }) => patient) };
}
