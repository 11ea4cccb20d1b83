import type { Platform } from '#libs/platform/runtime';

export const DAY = '2026-03-02';
export const SHADOW_DAY = '2026-03-12';
export const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/**
 * p1 has data on two days, p2 on one. Three alerts of p1: acknowledged after 60 s and useful, acknowledged after 180 s and (at
 * second thought) not useful, never acknowledged and escalated. One alert of the day before. One suppressed.
 */
export async function seedAlarms({ pool }: Platform, tenant: number): Promise<void> {
  const { rows } = await pool.query<{ key: string }>(
    `INSERT INTO twins (tenant, patient) VALUES ($1, 'p1'), ($1, 'p2') RETURNING key::text AS key`,
    [tenant],
  );
  const [p1, p2] = rows.map(({ key }) => key);
  await pool.query(`INSERT INTO sources (tenant, key, source, device) VALUES ($1, 1, 'monitor', 'd1')`, [tenant]);
  let n = 0;
  const measured = (twin: string | undefined, at: string, code: number): Promise<unknown> =>
    pool.query(
      `INSERT INTO measurements (tenant, twin, effective_at, received_at, recorded_at, value, source, code, version, quality, sourced, identity, content_hash)
       VALUES ($1, $2, $3, $3, $3, 60, 1, $4, 1, 0, FALSE, $5, 1)`,
      [tenant, twin, at, code, uuid(1000 + n++)],
    );
  await measured(p1, `${DAY}T08:00:00Z`, 1);
  await measured(p1, `${DAY}T09:00:00Z`, 9);
  await measured(p1, '2026-03-03T01:00:00Z', 9);
  await measured(p2, `${DAY}T08:00:00Z`, 3);
  await measured(p2, '2026-03-01T08:00:00Z', 3);

  const episode = async (id: number, rule: string, steps: [string, string, string][]): Promise<void> => {
    const last = steps.at(-1)!;
    await pool.query(
      `INSERT INTO alert_episodes (tenant, id, twin, patient, rule, severity, status, closed, effective_at, raised_at, updated_at, sequence, alert)
       VALUES ($1, $2, $3, 'p1', $4, $5, 'resolved', TRUE, $6, $6, $6, $7, '{}')`,
      [tenant, uuid(id), p1, rule, last[2], steps[0]![1], steps.length],
    );
    for (const [i, [transition, at, severity]] of steps.entries()) {
      await pool.query(
        `INSERT INTO alert_transitions (tenant, episode, sequence, id, transition, at, recorded_at, alert) VALUES ($1, $2, $3, gen_random_uuid(), $4, $5, $5, $6)`,
        [tenant, uuid(id), i + 1, transition, at, JSON.stringify({ severity })],
      );
    }
  };
  await episode(1, 'glucose-low', [
    ['raised', `${DAY}T08:00:00Z`, 'medium'],
    ['acknowledged', `${DAY}T08:01:00Z`, 'medium'],
    ['acknowledged', `${DAY}T09:00:00Z`, 'medium'],
  ]);
  await episode(2, 'glucose-low', [
    ['raised', `${DAY}T10:00:00Z`, 'medium'],
    ['acknowledged', `${DAY}T10:03:00Z`, 'medium'],
  ]);
  await episode(3, 'heart-rate-high', [
    ['raised', `${DAY}T11:00:00Z`, 'medium'],
    ['escalated', `${DAY}T11:15:00Z`, 'high'],
  ]);
  await episode(4, 'heart-rate-high', [['raised', '2026-03-01T11:00:00Z', 'high']]);
  await episode(5, 'heart-rate-high', [['retrospective', `${DAY}T11:00:00Z`, 'high']]);
  const said = (id: number, at: string, useful: boolean): Promise<unknown> =>
    pool.query(
      `INSERT INTO audit (tenant, id, at, actor, act, target, detail) VALUES ($1, gen_random_uuid(), $2, 'dr', 'acknowledge', 'x', $3)`,
      [tenant, at, JSON.stringify({ type: 'acknowledge', episode: uuid(id), useful })],
    );
  await said(1, `${DAY}T08:01:00Z`, true);
  await said(2, `${DAY}T10:03:00Z`, true);
  await said(2, `${DAY}T10:04:00Z`, false);
  const quiet = (id: number, at: string): Promise<unknown> =>
    pool.query(
      `INSERT INTO alert_suppressions (tenant, id, twin, patient, episode, rule, rule_version, severity, reason, by_episode, effective_at, at)
       VALUES ($1, $2, $3, 'p1', $4, 'glucose-low', '1.1.0', 'medium', 'same-cause', $5, $6, $6)`,
      [tenant, uuid(100 + id), p1, uuid(200 + id), uuid(1), at],
    );
  await quiet(1, `${DAY}T12:00:00Z`);
  await quiet(2, `${DAY}T13:00:00Z`);
  await quiet(3, '2026-03-05T13:00:00Z');
}

/** Live forecasts at 6:00 (emitted) and 8:00 (suppressed); in shadow at 5:40 and 15:00, and the next day of another patient. */
export async function seedShadows({ pool }: Platform, tenant: number): Promise<void> {
  const { rows } = await pool.query<{ key: string }>(
    'SELECT key::text AS key FROM twins WHERE tenant = $1 ORDER BY patient',
    [tenant],
  );
  const [p1, p2] = rows.map(({ key }) => key) as [string, string];
  await pool.query(
    `INSERT INTO alert_episodes (tenant, id, twin, patient, rule, severity, status, closed, effective_at, raised_at, updated_at, sequence, alert)
     VALUES ($1, $2, $3, 'p1', 'glucose-low-soon', 'medium', 'resolved', TRUE, $4, $5, $5, 1, '{}')`,
    [tenant, uuid(50), p1, `${SHADOW_DAY}T06:00:00Z`, `${SHADOW_DAY}T06:00:05Z`],
  );
  const quiet = (
    n: number,
    twin: string,
    patient: string,
    rule: string,
    reason: string,
    by: string | null,
    at: string,
  ) =>
    pool.query(
      `INSERT INTO alert_suppressions (tenant, id, twin, patient, episode, rule, rule_version, severity, reason, by_episode, effective_at, at)
       VALUES ($1, $2, $3, $4, $5, $6, '0.1.0', 'medium', $7, $8, $9, $9)`,
      [tenant, uuid(300 + n), twin, patient, uuid(400 + n), rule, reason, by, at],
    );
  const early = 'glucose-low-soon-early';
  await quiet(1, p1, 'p1', early, 'shadow', null, `${SHADOW_DAY}T05:40:00Z`);
  await quiet(2, p1, 'p1', 'glucose-low-soon', 'same-cause', uuid(1), `${SHADOW_DAY}T08:00:00Z`);
  await quiet(3, p1, 'p1', early, 'shadow', null, `${SHADOW_DAY}T15:00:00Z`);
  await quiet(4, p2, 'p2', early, 'shadow', null, `${SHADOW_DAY}T06:00:00Z`);
}
