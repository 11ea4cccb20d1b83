import type { Pool } from 'pg';
import type { Asked } from './read-alarm-quality.js';

/** What a rule in shadow found beside the live one. */
export interface ShadowFigures {
  readonly found: number;
  readonly liveFound: number;
  readonly liveAlsoInShadow: number;
  readonly onlyInShadow: number;
  readonly medianLeadSeconds: number | null;
}

/**
 * Counts episodes by when they became known; those of the live rule whether emitted or suppressed, retracted ones left out. Two belong
 * together when they began within an hour of each other, and the earliest of the shadow's gives the lead.
 */
export async function shadowFigures(
  pool: Pool,
  asked: Asked,
  { rule, of }: { readonly rule: string; readonly of: string },
): Promise<ShadowFigures> {
  const { rows } = await pool.query<ShadowFigures>(
    // A partner may have become known outside the asked time: up to a day, the bound of lateness.
    `WITH suppressed AS (
       SELECT twin, episode, rule, reason, effective_at, at FROM alert_suppressions
       WHERE tenant = $1 AND rule IN ($5, $6) AND ($4::text IS NULL OR patient = $4)
         AND at >= to_timestamp($2::float8 / 1000) - interval '1 day' AND at < to_timestamp($3::float8 / 1000) + interval '1 day'
     ), shadow AS (SELECT twin, effective_at, at FROM suppressed WHERE rule = $5 AND reason = 'shadow'
     ), live AS (
       SELECT twin, id AS episode, effective_at, raised_at AS at FROM alert_episodes
       WHERE tenant = $1 AND rule = $6 AND status <> 'retracted' AND ($4::text IS NULL OR patient = $4)
         AND raised_at >= to_timestamp($2::float8 / 1000) - interval '1 day' AND raised_at < to_timestamp($3::float8 / 1000) + interval '1 day'
       UNION ALL
       SELECT twin, episode, effective_at, at FROM suppressed WHERE rule = $6 AND reason <> 'shadow'
         AND NOT EXISTS (SELECT 1 FROM alert_episodes e WHERE e.tenant = $1 AND e.id = suppressed.episode)
     ), leads AS (
       SELECT extract(epoch FROM live.effective_at - min(s.effective_at))::float8 AS lead
       FROM live LEFT JOIN shadow s ON s.twin = live.twin
         AND s.effective_at BETWEEN live.effective_at - interval '1 hour' AND live.effective_at + interval '1 hour'
       WHERE live.at >= to_timestamp($2::float8 / 1000) AND live.at < to_timestamp($3::float8 / 1000)
       GROUP BY live.episode, live.effective_at
     ), own AS (
       SELECT EXISTS (SELECT 1 FROM live l WHERE l.twin = s.twin
         AND l.effective_at BETWEEN s.effective_at - interval '1 hour' AND s.effective_at + interval '1 hour') AS shared
       FROM shadow s WHERE s.at >= to_timestamp($2::float8 / 1000) AND s.at < to_timestamp($3::float8 / 1000)
     )
     SELECT (SELECT count(*)::int FROM own) AS found, (SELECT count(*)::int FROM own WHERE NOT shared) AS "onlyInShadow",
       (SELECT count(*)::int FROM leads) AS "liveFound", (SELECT count(lead)::int FROM leads) AS "liveAlsoInShadow",
       (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY lead) FROM leads) AS "medianLeadSeconds"`,
    [asked.tenant, asked.from, asked.to, asked.patient ?? null, rule, of],
  );
  return rows[0]!;
}
