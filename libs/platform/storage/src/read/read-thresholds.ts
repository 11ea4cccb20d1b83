import type { Pool } from 'pg';
import type { LimitOwner } from '#libs/domain/twin';

export interface ThresholdRow {
  readonly rule: string;
  readonly version: number;
  readonly limits: Readonly<Record<string, number>> | null;
  readonly author: string;
  readonly reason: string;
  readonly expiresAt: number | null;
  readonly recordedAt: number;
  /** Of the limits, those that stayed when the others were set. */
  readonly kept?: Readonly<Record<string, LimitOwner>> | null;
}

/** Newest limits that people set for a patient, one per rule. `limits` null: the default was restored. */
export async function thresholdsOf(pool: Pool, tenant: number, twin: string): Promise<readonly ThresholdRow[]> {
  const { rows } = await pool.query<ThresholdRow>(
    `SELECT DISTINCT ON (rule) rule, version, CASE WHEN jsonb_typeof(limits) = 'object' THEN limits END AS limits, author, reason, kept,
       (extract(epoch FROM expires_at) * 1000)::float8 AS "expiresAt", (extract(epoch FROM recorded_at) * 1000)::float8 AS "recordedAt"
     FROM thresholds WHERE tenant = $1 AND twin = $2 ORDER BY rule, version DESC`,
    [tenant, twin],
  );
  return rows;
}
