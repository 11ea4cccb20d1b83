import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { typeCode } from '../search-index/search-scheme.js';

/**
 * What grows with time, beside measurements (see `removeOldMeasurements`) and the log. What is open, pending or current is no part of
 * any kind: it stays however old it is.
 */
export const RETAINED_KINDS = [
  'alerts',
  'audit',
  'client-assertions',
  'bundle-jobs',
  'dead-letters',
  'deliveries',
  'fhir-versions',
  'idempotency-keys',
  'model-jobs',
  'parked-records',
  'proposals',
  'rejections',
  'revoked-tokens',
  'scenarios',
  'suppressions',
] as const;
export type RetainedKind = (typeof RETAINED_KINDS)[number];

const STEP = 1_000;
/** Between two steps, so that a large removal leaves the disk to others. */
const PAUSE_MS = 20;

/**
 * Removes what of a kind is older than `cutoff` (ms since 1970, exclusive), tenant by tenant and oldest first, in small transactions of
 * their own. Rows that somebody else holds are left for the next time: it waits for no lock. Any number of processes may do it at once.
 *
 * @param step rows of one transaction
 * @returns number of rows removed, without those that go with them (transitions and resources of an alert, attempts of a delivery)
 */
export async function removeOld(pool: Pool, kind: RetainedKind, cutoff: number, step = STEP): Promise<number> {
  const { rows: tenants } = await pool.query<{ key: number }>('SELECT key FROM tenants ORDER BY key');
  let removed = 0;
  for (const { key } of tenants) {
    for (;;) {
      const { rows } = await pool.query<{ n: number }>(REMOVE[kind], [key, new Date(cutoff).toISOString(), step]);
      const n = rows[0]?.n ?? 0;
      removed += n;
      if (n < step) break;
      await sleep(PAUSE_MS);
    }
  }
  return removed;
}

/** Deletes the rows that `old` chooses (as `ctid`) and counts them; `also` deletes what belongs to them. */
function removal(table: string, old: string, also = ''): string {
  return `WITH old AS (${old} LIMIT $3 FOR UPDATE OF r SKIP LOCKED),
    gone AS (DELETE FROM ${table} AS r USING old WHERE r.ctid = old.ctid RETURNING r.*)${also}
    SELECT count(*)::int AS n FROM gone`;
}

/** True while the episode of `column` is open: what belongs to it is needed to go on with it. */
const isOpen = (column: string) =>
  `EXISTS (SELECT FROM alert_episodes AS e WHERE e.tenant = r.tenant AND e.id = ${column} AND NOT e.closed)`;

// Acts carry the id of their episode as text; whatever is none belongs to no episode.
const EPISODE_OF_ACT = `CASE WHEN r.detail ->> 'episode' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
  THEN (r.detail ->> 'episode')::uuid END`;

/** Acts that set what holds from then on: a twin is made anew from all of them. */
const SETTINGS = `('set-thresholds', 'set-monitoring', 'set-tenant-thresholds')`;

const MADE_TYPES = ['DetectedIssue', 'Flag', 'Communication', 'Provenance'];

/** With an alert its resources of /fhir/r4 go, all versions of them, and what the search index has of them (docs/adr/0044). */
const RESOURCES_OF_GONE = `, communications AS (
    DELETE FROM alert_communications AS c USING gone WHERE c.tenant = gone.tenant AND c.alert = gone.id RETURNING c.tenant, c.id),
  made AS (
    SELECT tenant, type, id::text AS id FROM gone, unnest(ARRAY['DetectedIssue', 'Flag', 'Provenance']) AS t (type)
    UNION ALL SELECT tenant, type, id::text FROM communications, unnest(ARRAY['Communication', 'Provenance']) AS t (type)),
  resources AS (
    DELETE FROM fhir_resources AS f USING made WHERE f.tenant = made.tenant AND f.type = made.type AND f.id = made.id
    RETURNING f.tenant, f.type, f.search_key),
  indexed AS (
    SELECT r.tenant, t.code, r.search_key AS seq FROM resources AS r
    JOIN (VALUES ${MADE_TYPES.map((type) => `('${type}', ${typeCode(type)})`).join(', ')}) AS t (type, code) ON t.type = r.type),
  found AS (DELETE FROM fhir_search AS s USING indexed AS i WHERE s.tenant = i.tenant AND s.type = i.code AND s.seq = i.seq),
  ranges AS (
    DELETE FROM fhir_search_values AS s USING indexed AS i WHERE s.tenant = i.tenant AND s.type = i.code AND s.seq = i.seq),
  versions AS (
    DELETE FROM fhir_resource_versions AS f USING made WHERE f.tenant = made.tenant AND f.type = made.type AND f.id = made.id)`;

/** Per tenant ($1) what is older than $2, at most $3 rows. Each walks an index by tenant and time. */
const REMOVE: Readonly<Record<RetainedKind, string>> = {
  alerts: removal(
    'alert_episodes',
    `SELECT r.ctid FROM alert_episodes AS r WHERE r.tenant = $1 AND r.closed AND r.updated_at < $2 ORDER BY r.updated_at`,
    `, steps AS (DELETE FROM alert_transitions AS t USING gone WHERE t.tenant = gone.tenant AND t.episode = gone.id)${RESOURCES_OF_GONE}`,
  ),
  audit: removal(
    'audit',
    `SELECT r.ctid FROM audit AS r WHERE r.tenant = $1 AND r.at < $2 AND r.act NOT IN ${SETTINGS}
       AND NOT ${isOpen(EPISODE_OF_ACT)} ORDER BY r.at`,
  ),
  // One that is never done is tried five times, and done then.
  'bundle-jobs': removal(
    'fhir_bundle_jobs',
    `SELECT r.ctid FROM fhir_bundle_jobs AS r WHERE r.tenant = $1 AND r.finished_at < $2 ORDER BY r.finished_at`,
  ),
  'client-assertions': removal(
    'client_assertions',
    `SELECT r.ctid FROM client_assertions AS r WHERE r.tenant = $1 AND r.expires_at < $2`,
  ),
  'dead-letters': removal(
    'dead_letters',
    `SELECT r.ctid FROM dead_letters AS r WHERE r.tenant = $1 AND r.at < $2 ORDER BY r.at`,
  ),
  // A webhook that was sent the beginning of an episode is sent the rest of it: the beginning stays until the end.
  deliveries: removal(
    'deliveries',
    `SELECT r.ctid FROM deliveries AS r WHERE r.tenant = $1 AND r.status <> 'pending' AND r.finished_at < $2
       AND NOT ${isOpen('r.episode')} ORDER BY r.finished_at`,
    `, tries AS (DELETE FROM delivery_attempts AS a USING gone
       WHERE a.tenant = gone.tenant AND a.webhook = gone.webhook AND a.message = gone.message)`,
  ),
  'fhir-versions': removal(
    'fhir_resource_versions',
    `SELECT r.ctid FROM fhir_resource_versions AS r WHERE r.tenant = $1 AND r.superseded_at < $2 ORDER BY r.superseded_at`,
  ),
  'idempotency-keys': removal(
    'idempotency_keys',
    `SELECT r.ctid FROM idempotency_keys AS r WHERE r.tenant = $1 AND r.at < $2 ORDER BY r.at`,
  ),
  'model-jobs': removal(
    'model_jobs',
    `SELECT r.ctid FROM model_jobs AS r WHERE r.tenant = $1 AND r.finished_at < $2 ORDER BY r.finished_at`,
  ),
  // Only of twins in quarantine: records of any other patient wait for the backlog lane, and are applied.
  'parked-records': removal(
    'deferred_records',
    `SELECT r.ctid FROM quarantined_twins AS q JOIN deferred_records AS r ON r.tenant = q.tenant AND r.patient = q.patient
     WHERE q.tenant = $1 AND r.deferred_at < $2 ORDER BY r.patient, r."offset"`,
  ),
  proposals: removal(
    'proposals',
    `SELECT r.ctid FROM proposals AS r WHERE r.tenant = $1 AND r.created_at < $2 ORDER BY r.created_at`,
  ),
  rejections: removal(
    'rejections',
    `SELECT r.ctid FROM rejections AS r WHERE r.tenant = $1 AND r.at < $2 ORDER BY r.at`,
  ),
  'revoked-tokens': removal(
    'revoked_tokens',
    `SELECT r.ctid FROM revoked_tokens AS r WHERE r.tenant = $1 AND r.expires_at < $2`,
  ),
  scenarios: removal(
    'scenarios',
    `SELECT r.ctid FROM scenarios AS r WHERE r.tenant = $1 AND r.created_at < $2 ORDER BY r.created_at`,
  ),
  suppressions: removal(
    'alert_suppressions',
    `SELECT r.ctid FROM alert_suppressions AS r WHERE r.tenant = $1 AND r.at < $2
       AND NOT ${isOpen('r.episode')} AND NOT ${isOpen('r.by_episode')} ORDER BY r.at`,
  ),
};
