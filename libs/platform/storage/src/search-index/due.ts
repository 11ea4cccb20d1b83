import type { ClientBase } from 'pg';

/** Those of the types of which resources are not in the index yet: stored by software before it, or by software that has not been replaced yet. */
export async function notIndexed(client: ClientBase, tenant: number, types: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ type: string }>({
    name: 'fhir-search-due',
    text: `SELECT w.type FROM unnest($2::text[]) AS w (type)
      WHERE EXISTS (SELECT FROM fhir_resources r WHERE r.tenant = $1 AND r.type = w.type AND r.search_version IS DISTINCT FROM r.version)`,
    values: [tenant, types],
  });
  return rows.map(({ type }) => type);
}
