import type { Pool } from 'pg';
import type { WireParameters } from '#libs/contracts';
import type { KnownTwin } from './person-history.js';

/** The newest parameters of a model for a person, as known at a time. */
export async function knownParameters(
  pool: Pool,
  { tenant, twin, knownAt }: KnownTwin,
  model: string,
): Promise<WireParameters | undefined> {
  const { rows } = await pool.query<{ content: WireParameters }>(
    `SELECT content FROM model_parameters
     WHERE tenant = $1 AND twin = $2 AND model = $3 AND recorded_at <= to_timestamp($4::float8 / 1000) ORDER BY version DESC LIMIT 1`,
    [tenant, twin, model, knownAt],
  );
  return rows[0]?.content;
}

export interface FitCandidate {
  readonly tenant: number;
  readonly patient: string;
}

/**
 * Persons of whom a day of glucose has come since their last fit, whose insulin is recorded, and for whom no fit was asked for a day. `glucose` and
 * `insulin` are catalogue numbers.
 */
export async function fitCandidates(
  pool: Pool,
  model: string,
  { glucose, insulin }: { readonly glucose: number; readonly insulin: readonly number[] },
  limit: number,
): Promise<readonly FitCandidate[]> {
  const { rows } = await pool.query<FitCandidate>(
    `SELECT t.tenant, t.patient FROM twins t
     LEFT JOIN LATERAL (
       SELECT to_timestamp((content ->> 'dataUntil')::float8 / 1000) AS until FROM model_parameters p
       WHERE p.tenant = t.tenant AND p.twin = t.key AND p.model = $1 ORDER BY version DESC LIMIT 1) fitted ON TRUE
     WHERE t.type = 'system' AND t.updated_at > now() - interval '2 days'
       AND EXISTS (SELECT FROM measurements m WHERE m.tenant = t.tenant AND m.twin = t.key AND m.code = $2
         AND m.effective_at >= coalesce(fitted.until + interval '1 day', now() - interval '14 days'))
       AND EXISTS (SELECT FROM unnest($3::int2[]) AS c (code), LATERAL (
         SELECT 1 FROM measurements m WHERE m.tenant = t.tenant AND m.twin = t.key AND m.code = c.code
           AND m.effective_at >= now() - interval '14 days' LIMIT 1) AS given)
       AND NOT EXISTS (SELECT FROM model_jobs j WHERE j.tenant = t.tenant AND j.patient = t.patient AND j.kind = 'fit'
         AND j.patient <> '' AND j.created_at > now() - interval '1 day')
     ORDER BY fitted.until NULLS FIRST, t.tenant, t.key LIMIT $4`,
    [model, glucose, insulin, limit],
  );
  return rows;
}
