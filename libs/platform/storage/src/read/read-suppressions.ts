import type { Pool } from 'pg';

export interface SuppressionRow {
  readonly id: string;
  readonly patient: string;
  readonly episode: string;
  readonly rule: string;
  readonly ruleVersion: string;
  readonly severity: 'high' | 'medium' | 'low';
  readonly reason: string;
  readonly by: string | null;
  readonly effectiveAt: number;
  readonly at: number;
}

export interface SuppressionFilter {
  readonly patient?: string | undefined;
  readonly rule?: string | undefined;
  readonly reason?: string | undefined;
  /** Id of the alert that suppressed them. */
  readonly by?: string | undefined;
  /** ms; `from` inclusive, `to` exclusive */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly after?: { readonly at: number; readonly id: string } | undefined;
  readonly limit: number;
}

/** Page of a tenant's suppressed alerts, newest first. */
export async function listSuppressions(
  pool: Pool,
  tenant: number,
  filter: SuppressionFilter,
): Promise<readonly SuppressionRow[]> {
  const { rows } = await pool.query<SuppressionRow>(
    `SELECT id::text AS id, patient, episode::text AS episode, rule, rule_version AS "ruleVersion", severity, reason,
       by_episode::text AS by, (extract(epoch FROM effective_at) * 1000)::float8 AS "effectiveAt",
       (extract(epoch FROM at) * 1000)::float8 AS at
     FROM alert_suppressions s
     WHERE tenant = $1 AND ($2::text IS NULL OR patient = $2) AND ($3::text IS NULL OR rule = $3)
       AND ($4::float8 IS NULL OR s.at >= to_timestamp($4 / 1000)) AND ($5::float8 IS NULL OR s.at < to_timestamp($5 / 1000))
       AND ($6::float8 IS NULL OR s.at < to_timestamp($6 / 1000) OR (s.at = to_timestamp($6 / 1000) AND s.id > $7::uuid))
     AND ($9::text IS NULL OR reason = $9) AND ($10::uuid IS NULL OR by_episode = $10)
     ORDER BY s.at DESC, s.id LIMIT $8`,
    [
      tenant,
      filter.patient ?? null,
      filter.rule ?? null,
      filter.from ?? null,
      filter.to ?? null,
      filter.after?.at ?? null,
      filter.after?.id ?? null,
      filter.limit,
      filter.reason ?? null,
      filter.by ?? null,
    ],
  );
  return rows;
}
