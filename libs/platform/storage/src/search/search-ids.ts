import type { ClientBase } from 'pg';
import type { SearchQuery } from '#libs/fhir-search';
import type { Visible } from '#libs/fhir-rest';
import { searchSql } from './conditions/compile-conditions.js';
import { ALL_VISIBLE } from './scope.js';
import { Parameters } from './statement.js';

/** Resources among which the oldest are looked for; of more, any of them. */
const MAX_FOUND = 1_000;

/**
 * Ids of the resources that a query finds, the oldest in the index first, as the transaction of the client sees them.
 * @param limit maximum ids
 * @param visible what may be found of each type, also by chains
 */
export async function searchIds(
  client: ClientBase,
  tenant: number,
  { type, conditions }: Pick<SearchQuery, 'type' | 'conditions'>,
  limit: number,
  visible: Visible = ALL_VISIBLE,
): Promise<readonly string[]> {
  const parameters = new Parameters();
  const where = searchSql({ tenant, type, alias: 's', parameters, visible }, conditions);
  // In two steps: with the small limit alone the planner would read all resources in the order of seq, hoping to meet some early.
  const text = `WITH found AS MATERIALIZED (SELECT s.id, s.seq FROM fhir_search s WHERE ${where} LIMIT ${Math.max(MAX_FOUND, limit)})
    SELECT id FROM found ORDER BY seq LIMIT ${parameters.add(limit, 'int')}`;
  const { rows } = await client.query<{ id: string }>(text, parameters.values);
  return rows.map(({ id }) => id);
}
