import type { Pool } from 'pg';

interface ModelStatusRow {
  /** Place in the list. */
  readonly twin: string;
  readonly version: string;
  readonly patient: string;
  readonly model: string;
  readonly code: number;
  readonly status: 'active' | 'demoted';
  readonly reason: string;
  readonly skill: number;
  readonly n: number;
  /** ms */
  readonly recordedAt: number;
  readonly newest: boolean;
}

interface ModelStatusFilter {
  readonly patient?: string | undefined;
  readonly model?: string | undefined;
  readonly code?: number | undefined;
  readonly status?: 'active' | 'demoted' | undefined;
  /** Only what holds now. */
  readonly isNewest: boolean;
  readonly after?: Pick<ModelStatusRow, 'recordedAt' | 'twin' | 'version'> | undefined;
  readonly limit: number;
}

/** Page of what a tenant's ledger said of models for persons, newest first. */
export async function listModelStatuses(
  pool: Pool,
  tenant: number,
  filter: ModelStatusFilter,
): Promise<readonly ModelStatusRow[]> {
  const { rows } = await pool.query<ModelStatusRow>(
    `SELECT s.twin::text AS twin, s.version::text AS version, t.patient, s.model, s.code, s.status, s.reason, s.skill, s.n, s.newest,
       (extract(epoch FROM s.recorded_at) * 1000)::float8 AS "recordedAt"
     FROM (SELECT m.*, m.version = max(m.version) OVER (PARTITION BY m.twin, m.model, m.code) AS newest
           FROM model_statuses m WHERE m.tenant = $1) s
     JOIN twins t ON t.tenant = s.tenant AND t.key = s.twin
     WHERE ($2::text IS NULL OR t.patient = $2) AND ($3::text IS NULL OR s.model = $3) AND ($4::int2 IS NULL OR s.code = $4)
       AND ($5::text IS NULL OR s.status = $5) AND (NOT $6 OR s.newest)
       AND ($7::float8 IS NULL OR (s.recorded_at, s.twin, s.version) < (to_timestamp($7 / 1000), $8::int8, $9::int8))
     ORDER BY s.recorded_at DESC, s.twin DESC, s.version DESC LIMIT $10`,
    [
      tenant,
      filter.patient ?? null,
      filter.model ?? null,
      filter.code ?? null,
      filter.status ?? null,
      filter.isNewest,
      filter.after?.recordedAt ?? null,
      filter.after?.twin ?? null,
      filter.after?.version ?? null,
      filter.limit,
    ],
  );
  return rows;
}
