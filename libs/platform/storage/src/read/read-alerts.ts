import type { Pool, PoolClient } from 'pg';
import type { Alert } from '#libs/contracts';

export interface EpisodeRow {
  readonly id: string;
  readonly patient: string;
  readonly closed: boolean;
  readonly raisedAt: number;
  /** Of the newest transition. */
  readonly sequence: number;
  readonly alert: Alert;
}

/** The alert of a row. Alerts written before they carried it have the sequence beside them. */
export const NUMBERED = `alert || jsonb_build_object('sequence', sequence) AS alert`;
/** Columns of {@link EpisodeRow}. */
export const EPISODE = `id::text AS id, patient, closed, (extract(epoch FROM raised_at) * 1000)::float8 AS "raisedAt", sequence, ${NUMBERED}`;
export interface EpisodeFilter {
  readonly patient?: string | undefined;
  readonly status?: string | undefined;
  readonly severity?: string | undefined;
  readonly after?: { readonly raisedAt: number; readonly id: string } | undefined;
  readonly limit: number;
}

/** Page of a tenant's episodes, newest first. */
export async function listEpisodes(pool: Pool, tenant: number, filter: EpisodeFilter): Promise<readonly EpisodeRow[]> {
  const { rows } = await pool.query<EpisodeRow>(
    `SELECT ${EPISODE} FROM alert_episodes
     WHERE tenant = $1 AND ($2::text IS NULL OR patient = $2) AND ($3::text IS NULL OR status = $3)
       AND ($4::text IS NULL OR severity = $4)
       AND ($5::float8 IS NULL OR raised_at < to_timestamp($5 / 1000) OR (raised_at = to_timestamp($5 / 1000) AND id > $6::uuid))
     ORDER BY raised_at DESC, alert_episodes.id LIMIT $7`,
    [
      tenant,
      filter.patient ?? null,
      filter.status ?? null,
      filter.severity ?? null,
      filter.after?.raisedAt ?? null,
      filter.after?.id ?? null,
      filter.limit,
    ],
  );
  return rows;
}

export async function findEpisode(db: Pool | PoolClient, tenant: number, id: string): Promise<EpisodeRow | undefined> {
  const { rows } = await db.query<EpisodeRow>(
    `SELECT ${EPISODE} FROM alert_episodes WHERE tenant = $1 AND id = $2::uuid`,
    [tenant, id],
  );
  return rows[0];
}

/** Episodes of a twin that were open at `at`, as known at `knownAt` (ms); the alert as last emitted by then. */
export async function openAlertsAt(
  pool: Pool,
  tenant: number,
  twin: string,
  at: number,
  knownAt: number,
): Promise<readonly Alert[]> {
  const { rows } = await pool.query<{ alert: Alert }>(
    `SELECT t.alert FROM alert_episodes e, LATERAL (
       SELECT ${NUMBERED}, transition FROM alert_transitions
       WHERE tenant = e.tenant AND episode = e.id AND recorded_at <= to_timestamp($4::float8 / 1000)
       ORDER BY sequence DESC LIMIT 1) t
     WHERE e.tenant = $1 AND e.twin = $2 AND e.effective_at <= to_timestamp($3::float8 / 1000)
       AND t.alert->>'status' <> 'retracted'
       AND (t.alert->>'status' NOT IN ('resolved', 'retrospective') OR (t.alert->>'resolvedAt')::timestamptz > to_timestamp($3::float8 / 1000))
     ORDER BY e.raised_at DESC, e.id LIMIT 1000`,
    [tenant, twin, at, knownAt],
  );
  return rows.map((row) => row.alert);
}
