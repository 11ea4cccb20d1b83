import type { Pool } from 'pg';

/** Figures of one rule's alerts first emitted in the asked time. Seconds are null when nothing was acknowledged. */
export interface AlarmQualityRow {
  readonly rule: string | null;
  readonly alerts: number;
  readonly high: number;
  readonly medium: number;
  readonly low: number;
  readonly acknowledged: number;
  readonly escalated: number;
  readonly useful: number;
  readonly notUseful: number;
  readonly median: number | null;
  readonly p90: number | null;
}

/** Whose alerts, and of which time. */
export interface Asked {
  readonly tenant: number;
  /** ms; `from` inclusive, `to` exclusive */
  readonly from: number;
  readonly to: number;
  readonly patient?: string | undefined;
}

/** One row per rule, and one over all (`rule` null). An alert counts by when it was first emitted; what followed counts whenever it was. */
export async function alarmQuality(pool: Pool, asked: Asked): Promise<readonly AlarmQualityRow[]> {
  const { rows } = await pool.query<AlarmQualityRow>(
    `WITH emitted AS (
       SELECT e.rule, t.episode, min(t.at) FILTER (WHERE t.transition = 'raised') AS raised,
         min(t.at) FILTER (WHERE t.transition = 'acknowledged') AS acknowledged,
         bool_or(t.transition = 'escalated') AS escalated,
         max(CASE t.alert->>'severity' WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END) AS rank
       FROM alert_transitions t JOIN alert_episodes e ON e.tenant = t.tenant AND e.id = t.episode
       WHERE e.tenant = $1 AND ($4::text IS NULL OR e.patient = $4)
         AND EXISTS (SELECT 1 FROM alert_transitions r WHERE r.tenant = e.tenant AND r.episode = e.id AND r.transition = 'raised'
           AND r.at >= to_timestamp($2::float8 / 1000) AND r.at < to_timestamp($3::float8 / 1000))
       GROUP BY e.rule, t.episode
     ), judged AS (
       SELECT DISTINCT ON (detail->>'episode') (detail->>'episode')::uuid AS episode, (detail->>'useful')::boolean AS useful
       FROM audit WHERE tenant = $1 AND act = 'acknowledge' AND detail ? 'useful' ORDER BY detail->>'episode', at DESC, id DESC
     )
     SELECT rule, count(*)::int AS alerts, count(*) FILTER (WHERE rank = 3)::int AS high, count(*) FILTER (WHERE rank = 2)::int AS medium,
       count(*) FILTER (WHERE rank = 1)::int AS low, count(acknowledged)::int AS acknowledged,
       count(*) FILTER (WHERE escalated)::int AS escalated, count(*) FILTER (WHERE useful)::int AS useful,
       count(*) FILTER (WHERE NOT useful)::int AS "notUseful",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM acknowledged - raised)::float8) AS median,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM acknowledged - raised)::float8) AS p90
     FROM emitted LEFT JOIN judged USING (episode)
     WHERE raised >= to_timestamp($2::float8 / 1000) AND raised < to_timestamp($3::float8 / 1000)
     GROUP BY ROLLUP (rule) ORDER BY rule NULLS FIRST`,
    [asked.tenant, asked.from, asked.to, asked.patient ?? null],
  );
  return rows;
}

/** Suppressed alerts by rule, without those of rules in shadow. */
export async function suppressedByRule(pool: Pool, asked: Asked): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query<{ rule: string; n: number }>(
    `SELECT rule, count(*)::int AS n FROM alert_suppressions s
     WHERE tenant = $1 AND s.at >= to_timestamp($2::float8 / 1000) AND s.at < to_timestamp($3::float8 / 1000)
       AND ($4::text IS NULL OR patient = $4) AND reason <> 'shadow' GROUP BY rule`,
    [asked.tenant, asked.from, asked.to, asked.patient ?? null],
  );
  return new Map(rows.map(({ rule, n }) => [rule, n]));
}

/** Pairs of patient and UTC day of effective time with at least one measurement. */
export async function patientDays(pool: Pool, asked: Asked): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM twins t, generate_series(date_trunc('day', to_timestamp($2::float8 / 1000), 'UTC'),
         to_timestamp($3::float8 / 1000) - interval '1 millisecond', interval '24 hours') AS day
     WHERE t.tenant = $1 AND ($4::text IS NULL OR t.patient = $4) AND EXISTS (
       SELECT 1 FROM generate_series(1, $5::int) AS c (code), measurements m
       WHERE m.tenant = t.tenant AND m.twin = t.key AND m.code = c.code AND m.effective_at >= greatest(day, to_timestamp($2::float8 / 1000))
         AND m.effective_at < least(day + interval '24 hours', to_timestamp($3::float8 / 1000)))`,
    [asked.tenant, asked.from, asked.to, asked.patient ?? null, MAX_CODE],
  );
  return rows[0]?.n ?? 0;
}

/** The key of measurements goes by code before time, so each code is looked up on its own. */
const MAX_CODE = 32;
