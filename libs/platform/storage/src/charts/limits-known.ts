import type { Pool } from 'pg';
import type { SetLimits, TwinState } from '#libs/domain/twin';
import { factsAt } from '../read/read-facts.js';

/** What the limits of a patient follow from, as it was known at `knownAt` (ms): set limits of both layers, and facts that had begun. */
export async function limitsKnownAt(
  pool: Pool,
  tenant: number,
  twin: string,
  knownAt: number,
): Promise<Pick<TwinState, 'facts' | 'thresholds' | 'tenantThresholds'>> {
  const [facts, thresholds, tenantThresholds] = await Promise.all([
    factsAt(pool, tenant, twin, knownAt, knownAt),
    newestLimits(pool, 'thresholds WHERE tenant = $1 AND twin = $3', [tenant, knownAt, twin]),
    newestLimits(pool, 'tenant_thresholds WHERE tenant = $1', [tenant, knownAt]),
  ]);
  const states = facts.map(({ kind, reference, version, content, from, to }) => {
    const span = { ...(from === null ? undefined : { from }), ...(to === null ? undefined : { to }) };
    return [reference, { kind: kind as TwinState['facts'][string]['kind'], version, content, ...span }] as const;
  });
  return { facts: Object.fromEntries(states), thresholds, tenantThresholds };
}

interface Row extends Omit<SetLimits, 'after' | 'expiresAt'> {
  readonly rule: string;
  readonly expiresAt: number | null;
}

/** The newest entry of each rule by then: what a value measured then is evaluated with. */
async function newestLimits(
  pool: Pool,
  from: string,
  values: readonly unknown[],
): Promise<Readonly<Record<string, readonly SetLimits[]>>> {
  const { rows } = await pool.query<Row>(
    `SELECT DISTINCT ON (rule) rule, CASE WHEN jsonb_typeof(limits) = 'object' THEN limits END AS limits, author, reason,
       (extract(epoch FROM expires_at) * 1000)::float8 AS "expiresAt"
     FROM ${from} AND recorded_at <= to_timestamp($2::float8 / 1000) ORDER BY rule, version DESC`,
    [...values],
  );
  return Object.fromEntries(
    rows.map(({ rule, expiresAt, ...row }) => [
      rule,
      [{ ...row, after: null, ...(expiresAt === null ? undefined : { expiresAt }) }],
    ]),
  );
}
