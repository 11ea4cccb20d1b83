import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Platform } from '#libs/platform/runtime';
import { RunningApi, type ApiAnswer } from '../../../../test/support/running-api.js';
import { TwinApiModule } from '../twin-api.module.js';

const DAY = '2026-03-02';
const SHADOW_DAY = '2026-03-12';
const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** What these answers may hold. */
interface Body {
  readonly items: readonly { readonly id: string }[];
  readonly rules: readonly { readonly rule: string; readonly alerts: number }[];
  readonly errors: readonly { readonly pointer: string }[];
  readonly next?: string;
  readonly act: string;
  readonly patientDays: number;
  readonly shadows: readonly unknown[];
  readonly total: unknown;
}

describe('alarm quality, suppressed alerts and limits of a tenant', () => {
  let api: RunningApi;
  let platform: Platform;
  let tenant: number;

  beforeAll(async () => {
    api = await RunningApi.open((on) => [TwinApiModule.forRoot(on)]);
    ({ platform, tenant } = api);
    await seed();
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

  const call = (method: string, path: string, body?: unknown): Promise<ApiAnswer<Body>> => api.call(method, path, body);

  /**
   * p1 has data on two days, p2 on one. Three alerts of p1: acknowledged after 60 s and useful, acknowledged after 180 s and (at
   * second thought) not useful, never acknowledged and escalated. One alert of the day before. One suppressed.
   */
  async function seed(): Promise<void> {
    const { pool } = platform;
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
  async function inShadow(): Promise<void> {
    const { pool } = platform;
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

  const TIME = `from=${DAY}T00:00:00Z&to=2026-03-04T00:00:00Z`;

  it('counts alerts by when they were first emitted, the load by patient-day, and the time to acknowledgement', async () => {
    const { status, body } = await call('GET', `/v1/alarm-quality?${TIME}`);
    expect(status).toBe(200);
    // Days: p1 on the 2nd and the 3rd, p2 on the 2nd.
    expect(body.patientDays).toBe(3);
    expect(body.total).toEqual({
      alerts: 3,
      bySeverity: { high: 1, medium: 2, low: 0 },
      suppressed: 2,
      perPatientDay: 1,
      acknowledged: 2,
      escalated: 1,
      useful: 1,
      notUseful: 1,
      precision: 0.5,
      secondsToAcknowledge: { median: 120, p90: expect.closeTo(168) },
    });
    expect(body.rules.map(({ rule, alerts }) => [rule, alerts])).toEqual([
      ['glucose-low', 2],
      ['heart-rate-high', 1],
    ]);
    const other = await call('GET', `/v1/alarm-quality?${TIME}&patient=p2`);
    expect(other.body).toMatchObject({ patientDays: 1, total: { alerts: 0, perPatientDay: 0, precision: null } });
  });

  it('refuses a time that ends before it begins, or is too long', async () => {
    for (const to of [`${DAY}T00:00:00Z`, '2027-03-04T00:00:00Z']) {
      const { status, body } = await call('GET', `/v1/alarm-quality?from=${DAY}T00:00:00Z&to=${to}`);
      expect([status, body.errors[0]?.pointer]).toEqual([400, '/to']);
    }
  });

  it('lists suppressed alerts newest first, in pages', async () => {
    const first = await call('GET', '/v1/suppressions?limit=2');
    expect(first.body.items.map(({ id }) => id)).toEqual([uuid(103), uuid(102)]);
    const second = await call('GET', `/v1/suppressions?limit=2&cursor=${first.body.next}`);
    expect(second.body.items).toEqual([
      {
        id: uuid(101),
        patient: 'p1',
        episode: uuid(201),
        rule: { id: 'glucose-low', version: '1.1.0' },
        severity: 'medium',
        reason: 'same-cause',
        by: uuid(1),
        effectiveAt: `${DAY}T12:00:00.000Z`,
        at: `${DAY}T12:00:00.000Z`,
      },
    ]);
    expect(second.body.next).toBeUndefined();
    expect((await call('GET', `/v1/suppressions?${TIME}&rule=glucose-low`)).body.items).toHaveLength(2);
    expect((await call('GET', '/v1/suppressions?patient=p2')).body.items).toEqual([]);
    const by = async (alert: string) =>
      (await call('GET', `/v1/suppressions?by=${alert}`)).body.items.map(({ id }) => id);
    expect(await by(uuid(1))).toContain(uuid(101));
    expect(await by(uuid(999))).toEqual([]);
    expect((await call('GET', '/v1/suppressions?by=1')).status).toBe(400);
  });

  it('sets what a rule in shadow found beside what the live one did', async () => {
    await inShadow();
    const day = `from=${SHADOW_DAY}T00:00:00Z&to=2026-03-13T00:00:00Z`;
    const { body } = await call('GET', `/v1/alarm-quality?${day}`);
    const figures = {
      rule: 'glucose-low-soon-early',
      of: 'glucose-low-soon',
      found: 3,
      liveFound: 2,
      liveAlsoInShadow: 1,
      onlyInShadow: 2,
      perPatientDay: null,
      medianLeadSeconds: 1200,
    };
    expect(body.shadows).toContainEqual(figures);
    // Every rule in shadow is listed, also one that found nothing.
    for (const rule of ['glucose-low-ahead', 'glucose-urgent-low-ahead'])
      expect(body.shadows).toContainEqual(expect.objectContaining({ rule, found: 0 }));
    // What is suppressed by policy is counted; what runs in shadow is not.
    expect(body.total).toMatchObject({ suppressed: 1 });
    const other = await call('GET', `/v1/alarm-quality?${day}&patient=p2`);
    const alone = { found: 1, liveFound: 0, liveAlsoInShadow: 0, onlyInShadow: 1, medianLeadSeconds: null };
    expect(other.body.shadows).toContainEqual({ ...figures, ...alone });
    const listed = await call('GET', `/v1/suppressions?${day}&reason=shadow&patient=p2`);
    expect((await call('GET', `/v1/suppressions?${day}&reason=same-cause`)).body.items).toHaveLength(1);
    expect(listed.body.items).toMatchObject([{ reason: 'shadow' }]);
    expect(listed.body.items[0]).not.toHaveProperty('by');
  });

  it('gives the metrics of a window of glucose, each source for itself', async () => {
    const { status, body } = await call('GET', `/v1/twins/p1/glucose-metrics?${TIME}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      patient: 'p1',
      targets: 'standard',
      disclaimer: expect.stringContaining('not a cleared'),
    });
    expect(body.items).toMatchObject([
      {
        source: 'monitor',
        readings: 2,
        mean: 60,
        belowRangePercent: 100,
        warnings: ['under-70-percent-active', 'under-14-days'],
      },
    ]);
    const pregnancy = await call('GET', `/v1/twins/p1/glucose-metrics?${TIME}&targets=pregnancy`);
    expect(pregnancy.body.items).toMatchObject([{ belowRangePercent: 100, inRangePercent: 0 }]);
    expect((await call('GET', `/v1/twins/p2/glucose-metrics?${TIME}`)).body.items).toEqual([]);
    expect((await call('GET', `/v1/twins/nobody/glucose-metrics?${TIME}`)).status).toBe(404);
    expect((await call('GET', `/v1/twins/p1/glucose-metrics?from=${DAY}T00:00:00Z`)).status).toBe(400);
  });

  it('sets limits for the tenant: a row, and an act in the log of every patient', async () => {
    const thresholds = [{ rule: 'glucose-low', limits: { limit: 65 }, reason: 'ward policy' }];
    const { status, body } = await call('PUT', '/v1/thresholds', { thresholds });
    expect(status).toBe(202);
    const logged = async (): Promise<Record<string, unknown>[]> => {
      const { rows } = await platform.pool.query<{ value: string }>(
        `SELECT value FROM log_records WHERE value LIKE '%set-tenant-thresholds%' ORDER BY value`,
      );
      return rows.map(({ value }) => JSON.parse(value) as Record<string, unknown>);
    };
    for (let i = 0; i < 500 && (await logged()).length < 2; i++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await logged()).toMatchObject([
      { patient: 'p1', act: body.act, actor: 'ward', does: { type: 'set-tenant-thresholds', thresholds } },
      { patient: 'p2', act: body.act },
    ]);
    const listed = await call('GET', '/v1/twins/p1/thresholds');
    expect(listed.body.items).toMatchObject([
      { layer: 'tenant', rule: 'glucose-low', limits: { limit: 65 }, version: 1 },
    ]);
    await call('PUT', '/v1/thresholds', { thresholds: [{ rule: 'glucose-low', limits: null, reason: 'back' }] });
    const again = await call('GET', '/v1/thresholds');
    expect(again.body.items).toMatchObject([{ layer: 'tenant', limits: null, version: 2, author: 'ward' }]);
  });

  it('refuses limits that no rule has, and then sets nothing', async () => {
    const wrong = { thresholds: [{ rule: 'glucose-low', limits: { limit: 5 }, reason: 'x' }] };
    expect((await call('PUT', '/v1/thresholds', wrong)).status).toBe(400);
    const { rows } = await platform.pool.query(`SELECT 1 FROM tenant_thresholds WHERE limits->>'limit' = '5'`);
    expect(rows).toEqual([]);
  });

  it('shows each rule with its pack, policy and population', async () => {
    const { body } = await call('GET', '/v1/rules');
    const low = body.items.find(({ id }) => id === 'glucose-low');
    expect(low).toMatchObject({ pack: 'glucose', category: 'physiological', policy: { group: 'low-glucose' } });
    expect(low).not.toHaveProperty('step');
  });
});
