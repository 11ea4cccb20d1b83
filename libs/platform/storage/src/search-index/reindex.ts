import type { Pool, PoolClient } from 'pg';
import { parseJson, type JsonObject } from '#libs/domain/fhir';
import { searchValuesOf } from '#libs/fhir-search';
import type { ResourceChange } from '#libs/fhir-rest';
import { columnsOf, toStored, type Row } from '../fhir/fhir-row.js';
import { inTransaction } from '../postgres/in-transaction.js';
import { sentTogether } from '../postgres/sent-together.js';
import { planIndex, type IndexPlan } from './plan-index.js';
import { insertIndexed, removeIndexed, replaceIndexed } from './write-search.js';

type DueRow = Row & { tenant: number; search_key: string | null };

// A row that somebody is writing is indexed by that, or found the next time.
const DUE = `
SELECT r.tenant, r.search_key, ${columnsOf('r')} FROM fhir_resources r
WHERE r.search_version IS DISTINCT FROM r.version
ORDER BY r.tenant, r.type, r.id LIMIT $1 FOR UPDATE SKIP LOCKED`;

const DONE = `
UPDATE fhir_resources r SET search_key = w.search_key, search_version = r.version
FROM unnest($2::text[], $3::text[], $4::bigint[]) AS w (type, id, search_key)
WHERE r.tenant = $1 AND r.type = w.type AND r.id = w.id`;

/**
 * Indexes resources that software before the search index wrote, or that an older process wrote during an upgrade: some of them, in one
 * transaction. Any number of processes may do it at once; each takes other rows.
 *
 * @param limit maximum resources
 * @returns how many it indexed; fewer than the limit when there were no more that nobody else was at
 */
export async function reindexSome(pool: Pool, limit: number): Promise<number> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<DueRow>({ name: 'fhir-search-due-rows', text: DUE, values: [limit] });
    for (const [tenant, due] of Map.groupBy(rows, (row) => row.tenant)) await index(client, tenant, due);
    return rows.length;
  });
}

async function index(client: PoolClient, tenant: number, due: readonly DueRow[]): Promise<void> {
  const known = new Map(due.flatMap(({ type, id, search_key: key }) => (key === null ? [] : [[`${type}/${id}`, key]])));
  const plan: IndexPlan = planIndex(tenant, due.map(changeOf), known);
  await sentTogether([
    ...removeIndexed(client, tenant, plan.removed),
    ...replaceIndexed(client, tenant, plan.replaced),
    ...insertIndexed(client, tenant, plan.added),
    client.query({
      name: 'fhir-search-done',
      text: DONE,
      values: [
        tenant,
        due.map(({ type }) => type),
        due.map(({ id }) => id),
        due.map(({ type, id }) => plan.keys.get(`${type}/${id}`) ?? null),
      ],
    }),
  ]);
}

/** What cannot be read is not found by a search, and not looked at again. */
function changeOf(row: DueRow): ResourceChange {
  const stored = { ...toStored(row), patient: null };
  const parsed = row.deleted ? undefined : parseJson(row.content);
  return parsed?.ok === true ? { ...stored, search: searchValuesOf(parsed.value as JsonObject) } : stored;
}
