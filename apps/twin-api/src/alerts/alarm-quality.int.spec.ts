import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Platform } from '#libs/platform/runtime';
import { RunningApi, type ApiAnswer } from '../../../../test/support/running-api.js';
import { TwinApiModule } from '../twin-api.module.js';
import { DAY, seedAlarms, seedShadows, SHADOW_DAY, uuid } from './alarm-quality.fixture.js';

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
    await seedAlarms(platform, tenant);
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

  const call = (method: string, path: string, body?: unknown): Promise<ApiAnswer<Body>> => api.call(method, path, body);

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
    await seedShadows(platform, tenant);
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
