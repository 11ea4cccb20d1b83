import type { Pool, PoolClient } from 'pg';
import type { SearchQuery } from '#libs/fhir-search';
import { newestOfEachCode, SearchRefusedError, type SearchAccess, type SearchPage } from '#libs/fhir-rest';
import { columnsOf, toStored, type Row } from '../fhir/fhir-row.js';
import { newestMeasured } from '../measured/newest-measured.js';
import { inTransaction } from '../postgres/in-transaction.js';
import { searchSql } from './conditions/compile-conditions.js';
import { BEGIN_SEARCH, orTooCostly } from './search-page.js';
import { Parameters } from './statement.js';

/** Observations that are looked at, and that are answered. */
const MAX_LOOKED_AT = 100_000;
const MAX_FOUND = 1000;

/**
 * The newest Observations of each code among those that a query finds (R4 observation-operation-lastn.html), in one list: code by code, the
 * newest first.
 *
 * @param max Observations of each code
 * @throws SearchRefusedError
 */
export function lastOfEach(
  pool: Pool,
  tenant: number,
  query: SearchQuery,
  max: number,
  access: SearchAccess,
): Promise<SearchPage> {
  return orTooCostly(() =>
    inTransaction(pool, (client) => lastOfEachWithin(client, tenant, query, max, access), BEGIN_SEARCH),
  );
}

/** The same within a transaction: it sees what that has written. @throws SearchRefusedError */
export async function lastOfEachWithin(
  client: PoolClient,
  tenant: number,
  query: SearchQuery,
  max: number,
  access: SearchAccess,
): Promise<SearchPage> {
  const parameters = new Parameters();
  const scope = { tenant, type: query.type, alias: 's', parameters, visible: access.found };
  const { rows } = await client.query<{ id: string; code: string | null; at: number }>(
    `SELECT s.id, (r.content::json -> 'code')::text AS code, s.date_from::float8 AS at FROM fhir_search s
     JOIN fhir_resources r ON r.tenant = s.tenant AND r.type = ${parameters.add(query.type, 'text')} AND r.id = s.id AND NOT r.deleted
     WHERE ${searchSql(scope, query.conditions)}
     ORDER BY s.date_from DESC, s.seq DESC LIMIT ${MAX_LOOKED_AT + 1}`,
    parameters.values,
  );
  if (rows.length > MAX_LOOKED_AT)
    throw new SearchRefusedError(
      'too-costly',
      `more than ${MAX_LOOKED_AT} Observations: add a patient, a category or a date`,
    );
  const measured = await newestMeasured(client, tenant, query, max, access);
  // Of one moment stored ones come first, as in searches.
  const ids = newestOfEachCode(measured.found.length === 0 ? rows : merged(rows, measured.found), max);
  if (ids.length > MAX_FOUND)
    throw new SearchRefusedError('too-costly', `more than ${MAX_FOUND} Observations would be answered`, 'max');
  const found = await client.query<Row>({
    name: 'fhir-search-by-id',
    text: `SELECT ${columnsOf('r')} FROM unnest($3::text[]) WITH ORDINALITY AS w (id, at)
      JOIN fhir_resources r ON r.tenant = $1 AND r.type = $2 AND r.id = w.id ORDER BY w.at`,
    values: [tenant, query.type, ids],
  });
  const byId = new Map(
    [...found.rows.map(toStored), ...measured.found.map(({ resource }) => resource)].map((one) => [one.id, one]),
  );
  const matches = ids.flatMap((id) => byId.get(id) ?? []);
  return { matches, included: [], total: ids.length, warnings: measured.issues };
}

function merged<T extends { readonly at: number }>(stored: readonly T[], measured: readonly T[]): readonly T[] {
  return [...stored, ...measured].sort((one, other) => other.at - one.at);
}
