import type { ClientBase } from 'pg';
import type { ActRecord, WireThreshold } from '#libs/contracts';
import type { TwinPlace } from './twin-heads.js';

/**
 * What people did that concerns the twin and had an effect on it before `until` (ms), in order. An act on an alert counts when its transition
 * is there; one that still waits to be applied does not.
 */
export async function appliedActs(
  client: ClientBase,
  { tenant, key, patient }: TwinPlace,
  since: number,
  until: number,
): Promise<readonly ActRecord[]> {
  const { rows } = await client.query<{
    id: string;
    at: number;
    actor: string;
    onBehalfOf: string | null;
    detail: ActRecord['does'];
  }>(
    `SELECT a.id::text AS id, round(extract(epoch FROM a.at) * 1000)::float8 AS at, a.actor, a.on_behalf_of AS "onBehalfOf", a.detail
     FROM audit AS a WHERE a.tenant = $1 AND a.at <= to_timestamp($5::float8 / 1000) AND (
       (a.act IN ('set-thresholds', 'set-monitoring') AND a.target = 'Patient/' || $3)
       OR (a.act = 'set-tenant-thresholds' AND a.target = 'Tenant' AND a.at > to_timestamp($4::float8 / 1000))
       OR (a.act IN ('acknowledge', 'snooze', 'resolve') AND EXISTS (
         SELECT 1 FROM alert_episodes AS e JOIN alert_transitions AS s ON s.tenant = e.tenant AND s.episode = e.id
         WHERE e.tenant = a.tenant AND e.twin = $2 AND e.id::text = a.detail->>'episode' AND s.at = a.at)))
     ORDER BY a.at, a.id`,
    [tenant, key, patient, since, until],
  );
  const waiting = await waitingActs(client, { tenant, key, patient });
  return rows
    .filter(({ id }) => !waiting.has(id))
    .map(({ id, at, actor, onBehalfOf, detail }) => ({
      v: 1,
      kind: 'act',
      tenant,
      patient,
      receivedAt: at,
      act: id,
      actor,
      ...(onBehalfOf === null ? undefined : { onBehalfOf }),
      does: detail,
    }));
}

async function waitingActs(client: ClientBase, { tenant, patient }: TwinPlace): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ value: string }>(
    `SELECT value FROM deferred_records WHERE tenant = $1 AND patient = $2 AND value LIKE '%"kind":"act"%'`,
    [tenant, patient],
  );
  return new Set(rows.map(({ value }) => (JSON.parse(value) as Partial<ActRecord>).act ?? ''));
}

/** Limits of the tenant as they were at a time (ms), newest of each rule, as a new twin takes them. */
export async function tenantLimitsAt(
  client: ClientBase,
  tenant: number,
  at: number,
): Promise<readonly (WireThreshold & { readonly author: string })[]> {
  const { rows } = await client.query<{
    rule: string;
    limits: WireThreshold['limits'];
    author: string;
    reason: string;
    expiresAt: number | null;
  }>(
    `SELECT DISTINCT ON (rule) rule, CASE WHEN jsonb_typeof(limits) = 'object' THEN limits END AS limits, author, reason,
       (extract(epoch FROM expires_at) * 1000)::float8 AS "expiresAt"
     FROM tenant_thresholds WHERE tenant = $1 AND recorded_at <= to_timestamp($2::float8 / 1000) ORDER BY rule, version DESC`,
    [tenant, at],
  );
  return rows.map(({ expiresAt, ...row }) => ({ ...row, ...(expiresAt === null ? undefined : { expiresAt }) }));
}
