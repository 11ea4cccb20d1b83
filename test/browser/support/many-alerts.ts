import pg from 'pg';
import { TENANT } from '../../support/system.js';

/**
 * Alerts as rows, without what led to them: a third of each severity, half open, a quarter acknowledged, a quarter snoozed; number 0 is
 * high, open, and waits for a year, each further one is a few minutes newer.
 */
export async function addAlerts(url: string, count: number): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  try {
    await pool.query(
      `INSERT INTO alert_episodes (tenant, id, twin, patient, rule, severity, status, effective_at, raised_at, updated_at, sequence, alert)
       SELECT t.key, md5('episode ' || n)::uuid, 1000000 + n, 'many-' || n, 'glucose-low', severity, status, at, at, at, 1,
         jsonb_build_object('id', md5('episode ' || n)::uuid, 'episode', md5('episode ' || n)::uuid, 'sequence', 1, 'patient', 'many-' || n,
           'rule', jsonb_build_object('id', 'glucose-low', 'version', '1.0.0', 'title', 'Glucose low'), 'category', 'physiological',
           'severity', severity, 'status', status, 'transition', 'raised', 'effectiveAt', iso, 'raisedAt', iso, 'lateSeconds', 1,
           'summary', 'Glucose 62 mg/dL, below the default limit of 70 mg/dL.', 'evidence', '[]'::jsonb, 'threshold', NULL,
           'explanation', '{"why":"x","clears":"y","precision":{"useful":0,"notUseful":0,"share":null}}'::jsonb,
           'disclaimer', 'Research software, not a cleared medical device.')
       FROM tenants t, generate_series(0, $2 - 1) n,
         LATERAL (SELECT (ARRAY['high', 'medium', 'low'])[n % 3 + 1] AS severity,
           (ARRAY['open', 'open', 'acknowledged', 'snoozed'])[n / 3 % 4 + 1] AS status,
           now() - interval '365 days' + n * interval '52 minutes' AS at) one,
         LATERAL (SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS iso) shown
       WHERE t.id = $1`,
      [TENANT, count],
    );
  } finally {
    await pool.end();
  }
}

/** The first of them have ended. */
export async function endAlerts(url: string, count: number): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  try {
    await pool.query(
      `UPDATE alert_episodes SET status = 'resolved', closed = TRUE, alert = alert || '{"status":"resolved","transition":"resolved"}'
       WHERE patient = ANY ($1)`,
      [Array.from({ length: count }, (_, n) => `many-${n}`)],
    );
  } finally {
    await pool.end();
  }
}
