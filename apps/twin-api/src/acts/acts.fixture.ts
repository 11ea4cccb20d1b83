import type { Pool } from 'pg';

/** What became durable of an act: its lines in the audit, and its records in the log. */
export async function recordedOf(pool: Pool, tenant: number, act: unknown) {
  const audit = await pool.query<{ actor: string; on_behalf_of: string | null }>(
    `SELECT actor, on_behalf_of FROM audit WHERE tenant = $1 AND id = $2`,
    [tenant, act],
  );
  const log = await pool.query<{ value: string }>(`SELECT value FROM log_records WHERE value LIKE '%' || $1 || '%'`, [
    act,
  ]);
  return { audit: audit.rows, log: log.rows.map(({ value }) => JSON.parse(value) as Record<string, unknown>) };
}
