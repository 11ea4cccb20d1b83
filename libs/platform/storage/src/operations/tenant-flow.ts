import type { Pool } from 'pg';

/** What the tables say of one tenant's flow: of the last `windowMs`, and what waits. */
export interface TenantFlow {
  readonly rejections: number;
  /** Transitions of alerts. */
  readonly transitions: number;
  readonly delivered: number;
  /** Deliveries that are due and not yet sent, and how long the first of them has been, ms; null: none. */
  readonly due: number;
  readonly dueSinceMs: number | null;
  readonly waiting: { readonly deliveries: number; readonly parkedDeliveries: number; readonly deadLetters: number };
}

/** Counted along indexes of time and of what waits: the cost follows what is counted, not what is kept. */
export async function tenantFlow(pool: Pool, tenant: number, windowMs: number): Promise<TenantFlow> {
  const { rows } = await pool.query<
    Omit<TenantFlow, 'waiting'> & { pending: number; parked: number; deadLetters: number }
  >({
    name: 'tenant-flow',
    text: `WITH since AS (SELECT now() - make_interval(secs => $2::float8 / 1000) AS at),
      pending AS (
        SELECT count(*)::int AS pending, (count(*) FILTER (WHERE next_attempt_at <= now()))::int AS due,
          (extract(epoch FROM now() - min(next_attempt_at) FILTER (WHERE next_attempt_at <= now())) * 1000)::float8 AS "dueSinceMs"
        FROM deliveries WHERE tenant = $1 AND status = 'pending')
      SELECT pending.*,
        (SELECT count(*)::int FROM rejections r, since WHERE r.tenant = $1 AND r.at > since.at) AS rejections,
        (SELECT count(*)::int FROM alert_transitions t, since WHERE t.tenant = $1 AND t.recorded_at > since.at) AS transitions,
        (SELECT count(*)::int FROM deliveries d, since WHERE d.tenant = $1 AND d.finished_at > since.at AND d.status <> 'pending'
           AND d.status = 'delivered') AS delivered,
        (SELECT count(*)::int FROM deliveries WHERE tenant = $1 AND status = 'parked') AS parked,
        (SELECT count(*)::int FROM dead_letters WHERE tenant = $1 AND replayed_at IS NULL) AS "deadLetters"
      FROM pending`,
    values: [tenant, windowMs],
  });
  const { pending, parked, deadLetters, ...flow } = rows[0]!;
  return { ...flow, waiting: { deliveries: pending, parkedDeliveries: parked, deadLetters } };
}
