import type { PoolClient } from 'pg';
import {
  RepositoryBusyError,
  type ConditionLookup,
  type ConditionLock,
  type FhirKnown,
  type Visible,
} from '#libs/fhir-rest';
import { sentTogether } from '../postgres/sent-together.js';
import { searchIds } from '../search/search-ids.js';
import { notIndexed } from '../search-index/due.js';

/** What a condition found does not match any more in the version that was locked then. */
export class MatchesChangedError extends Error {
  override readonly name = 'MatchesChangedError';
}

/** What a condition does not find might be there. */
export class NotIndexedError extends RepositoryBusyError {}

// By a hash, so that they are apart from other advisory locks.
const HOLD = `
SELECT CASE WHEN shared THEN pg_advisory_xact_lock_shared(key) ELSE pg_advisory_xact_lock(key) END
FROM (
  SELECT hashtextextended('fhir condition ' || l.key, $1::int) AS key, l.shared
  FROM unnest($2::int[], $3::bool[]) AS l (key, shared) ORDER BY l.key
) AS locks`;

/**
 * Holds the locks until the transaction ends, taken in one order by all requests, so that two of them never wait for each other in a circle;
 * rows are locked after them. A statement that is sent after it sees all that their earlier holders have committed.
 */
export async function hold(client: PoolClient, tenant: number, locks: readonly ConditionLock[]): Promise<void> {
  if (locks.length === 0) return;
  await client.query({
    name: 'fhir-hold',
    text: HOLD,
    values: [tenant, locks.map(({ key }) => key), locks.map(({ isShared }) => isShared)],
  });
}

/**
 * Ids of what matches each condition, by its key: searches that are sent at once.
 *
 * @throws NotIndexedError while resources of a type are not in the search index yet: what is not found might be there
 */
export async function searchConditions(
  client: PoolClient,
  tenant: number,
  conditions: readonly ConditionLookup[],
  visible: Visible | undefined,
): Promise<FhirKnown['matches']> {
  const types = [...new Set(conditions.map(({ condition }) => condition.type))];
  const due = notIndexed(client, tenant, types);
  const matches = new Map<string, readonly string[]>();
  const found = conditions.map(async ({ condition: { key, query }, limit }) => {
    matches.set(key, await searchIds(client, tenant, query, limit, visible));
  });
  await sentTogether([due, ...found]);
  const [late] = await due;
  if (late !== undefined) throw new NotIndexedError(`the search index of ${late} is not complete yet`);
  return matches;
}
