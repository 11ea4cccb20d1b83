import type { PoolClient } from 'pg';
import { indexedForms, type ConditionLookup, type FhirKnown, type ConditionLock } from '#libs/fhir-rest';

/** What a condition found does not match any more in the version that was locked then. */
export class MatchesChangedError extends Error {
  override readonly name = 'MatchesChangedError';
}

// In one order for all requests, so that two of them never wait for each other in a circle. Rows are locked after them.
const HOLD = `
SELECT CASE WHEN shared THEN pg_advisory_xact_lock_shared(key) ELSE pg_advisory_xact_lock(key) END
FROM (
  SELECT hashtextextended(g.key, $1::int) AS key, bool_and(g.shared) AS shared
  FROM unnest($2::text[], $3::bool[]) AS g (key, shared) GROUP BY 1 ORDER BY 1
) AS locks`;

/** Holds the locks until the transaction ends. A statement that is sent after it sees all that their earlier holders have committed. */
export async function hold(client: PoolClient, tenant: number, locks: readonly ConditionLock[]): Promise<void> {
  if (locks.length === 0) return;
  await client.query({
    name: 'fhir-hold',
    text: HOLD,
    values: [tenant, locks.map(({ key }) => `fhir ${key}`), locks.map(({ isShared }) => isShared)],
  });
}

const SEARCH = `
SELECT DISTINCT w.key, i.id FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS w (key, type, system, value)
JOIN fhir_identifiers i ON i.tenant = $1 AND i.type = w.type AND i.system = w.system AND i.value = w.value
JOIN fhir_resources r ON r.tenant = $1 AND r.type = i.type AND r.id = i.id AND NOT r.deleted`;

/** Ids of what matches each condition, by its key. */
export async function searchConditions(
  client: PoolClient,
  tenant: number,
  conditions: readonly ConditionLookup[],
): Promise<FhirKnown['matches']> {
  const asked = conditions.flatMap(({ condition: { key, type, query } }) => {
    const [only] = query.conditions;
    if (only?.kind !== 'token') return [];
    return only.values.flatMap(({ system = '', code = '' }) =>
      indexedForms({ system, value: code }).map((form) => ({ key, type, ...form })),
    );
  });
  const { rows } = await client.query<{ key: string; id: string }>({
    name: 'fhir-conditions',
    text: SEARCH,
    values: [
      tenant,
      asked.map(({ key }) => key),
      asked.map(({ type }) => type),
      asked.map(({ system }) => system),
      asked.map(({ value }) => value),
    ],
  });
  const matches = new Map<string, string[]>();
  for (const { key, id } of rows) {
    const ids = matches.get(key);
    if (ids === undefined) matches.set(key, [id]);
    else ids.push(id);
  }
  return matches;
}
