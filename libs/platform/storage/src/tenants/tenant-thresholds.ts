import type { ClientBase, Pool } from 'pg';
import type { WireThreshold } from '#libs/contracts';
import type { ThresholdRow } from '../read/read-thresholds.js';

/** Newest limits that were set for all patients of a tenant, one per rule. `limits` null: the default was restored. */
export async function tenantThresholds(client: Pool | ClientBase, tenant: number): Promise<readonly ThresholdRow[]> {
  const { rows } = await client.query<ThresholdRow>(
    `SELECT DISTINCT ON (rule) rule, version, CASE WHEN jsonb_typeof(limits) = 'object' THEN limits END AS limits, author, reason,
       (extract(epoch FROM expires_at) * 1000)::float8 AS "expiresAt", (extract(epoch FROM recorded_at) * 1000)::float8 AS "recordedAt"
     FROM tenant_thresholds WHERE tenant = $1 ORDER BY rule, version DESC`,
    [tenant],
  );
  return rows;
}

/**
 * Adds a version per limit. The tenant's row is locked until the transaction ends, and a twin's foreign key locks it too: a twin that
 * is made meanwhile either waits and then finds the new limits, or was made before and is among those of {@link planTenantAct}.
 */
export async function setTenantThresholds(
  client: ClientBase,
  tenant: number,
  author: string,
  thresholds: readonly WireThreshold[],
): Promise<void> {
  await client.query('SELECT 1 FROM tenants WHERE key = $1 FOR UPDATE', [tenant]);
  for (const { rule, limits, reason, expiresAt } of thresholds) {
    await client.query(
      `INSERT INTO tenant_thresholds (tenant, rule, version, limits, author, reason, expires_at, recorded_at)
       SELECT $1, $2, coalesce(max(version), 0) + 1, $3::jsonb, $4, $5, to_timestamp($6::float8 / 1000), now()
       FROM tenant_thresholds WHERE tenant = $1 AND rule = $2`,
      [tenant, rule, JSON.stringify(limits), author, reason, expiresAt ?? null],
    );
  }
}
