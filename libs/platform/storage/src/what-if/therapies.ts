import type { ClientBase, Pool } from 'pg';

export interface TherapyRow {
  readonly version: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly author: string;
  readonly reason: string;
  /** ms; null: until they are changed */
  readonly expiresAt: number | null;
  readonly recordedAt: number;
}

export type NewTherapy = Pick<TherapyRow, 'settings' | 'author' | 'reason' | 'expiresAt'>;

/** The settings of a person that were known at a time, ms (default: the newest), whether expired or not. */
export async function therapyOf(
  db: Pool | ClientBase,
  tenant: number,
  twin: string,
  at?: number,
): Promise<TherapyRow | undefined> {
  const { rows } = await db.query<TherapyRow>(
    `SELECT version, settings, author, reason, (extract(epoch FROM expires_at) * 1000)::float8 AS "expiresAt",
       (extract(epoch FROM recorded_at) * 1000)::float8 AS "recordedAt"
     FROM therapies WHERE tenant = $1 AND twin = $2 AND ($3::float8 IS NULL OR recorded_at <= to_timestamp($3::float8 / 1000))
     ORDER BY version DESC LIMIT 1`,
    [tenant, twin, at ?? null],
  );
  return rows[0];
}

/** Writes the next version, at `at` (ms). The caller's transaction holds the twin's row, so versions follow one another. */
export async function writeTherapy(
  client: ClientBase,
  tenant: number,
  twin: string,
  therapy: NewTherapy,
  at: number,
): Promise<void> {
  await client.query('SELECT 1 FROM twins WHERE tenant = $1 AND key = $2 FOR NO KEY UPDATE', [tenant, twin]);
  await client.query(
    `UPDATE therapies SET superseded_at = to_timestamp($3::float8 / 1000) WHERE tenant = $1 AND twin = $2 AND superseded_at IS NULL`,
    [tenant, twin, at],
  );
  await client.query(
    `INSERT INTO therapies (tenant, twin, version, settings, author, reason, expires_at, recorded_at)
     VALUES ($1, $2, (SELECT coalesce(max(version), 0) + 1 FROM therapies WHERE tenant = $1 AND twin = $2), $3, $4, $5,
       to_timestamp($6::float8 / 1000), to_timestamp($7::float8 / 1000))`,
    [tenant, twin, JSON.stringify(therapy.settings), therapy.author, therapy.reason, therapy.expiresAt, at],
  );
}
