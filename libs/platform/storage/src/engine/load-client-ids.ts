import type { ClientBase } from 'pg';

/** More clients than this wrote no tenant's resources before identities were the resources' own. */
const MAX_CLIENTS = 200;

/** Ids of the tenants' clients, disabled ones included, oldest first. */
export async function loadClientIds(
  client: ClientBase,
  tenants: readonly number[],
): Promise<ReadonlyMap<number, readonly string[]>> {
  const { rows } = await client.query<{ tenant: number; ids: string[] }>({
    name: 'client-ids',
    text: `SELECT t.tenant, ARRAY(SELECT c.id FROM clients c WHERE c.tenant = t.tenant ORDER BY c.created_at, c.id LIMIT $2) AS ids
      FROM unnest($1::int4[]) AS t (tenant)`,
    values: [tenants, MAX_CLIENTS],
  });
  return new Map(rows.map(({ tenant, ids }) => [tenant, ids]));
}
