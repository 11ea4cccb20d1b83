import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { at, TwinApi } from '../twin-api.fixture.js';
import { storeValues } from './values.fixture.js';

const GLUCOSE = 9;
const SATURATION = 3;
const T0 = Date.parse(at(0));
const MINUTE = 60_000;

describe('charts over the API', () => {
  let api: TwinApi;
  let call: TwinApi['call'];

  beforeAll(async () => {
    api = await TwinApi.open();
    ({ call } = api);
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

  const series = (query: string, patient = 'p1') => call('GET', `/v1/twins/${patient}/series?${query}`);
  const HOUR = `from=${at(0)}&to=${at(60)}`;

  it('names every measure with what a page needs to draw it', async () => {
    const { items } = (await call('GET', '/v1/measures')).body;
    expect(items).toHaveLength(21);
    expect(items.find((item) => item['code'] === 'glucose')).toEqual({
      code: 'glucose',
      title: 'Glucose',
      unit: 'mg/dL',
      group: 'glucose',
      freshSeconds: 900,
      usualStepSeconds: 300,
      target: { low: 70, high: 180 },
      coding: { system: 'http://loinc.org', code: '99504-3' },
    });
    const groups = new Map(items.map((item) => [item['code'], item['group']]));
    expect(['heart-rate', 'insulin-bolus', 'ecg', 'rr-interval', 'step-count'].map((code) => groups.get(code))).toEqual(
      ['vital', 'therapy', 'wave', 'wave', 'other'],
    );
    // A setting holds until the next one, and JSON has no infinity.
    expect(items.find((item) => item['code'] === 'insulin-basal-rate')).toMatchObject({ freshSeconds: null });
  });

  it('gives the values that are there now, or were known at a time', async () => {
    const now = await series(`code=8867-4&${HOUR}`);
    expect(now.body).toEqual({
      patient: 'p1',
      code: 'heart-rate',
      title: 'Heart rate',
      unit: '/min',
      from: at(0),
      to: at(60),
      knownAt: expect.any(String),
      usualStepSeconds: 600,
      rule: 'all',
      bucketSeconds: null,
      count: 3,
      points: [
        [0, 60],
        [10, 70],
        [20, 80],
      ].map(([minute, value]) => ({ at: at(minute!), value, quality: 'good', source: 'monitor-7' })),
      gaps: [],
    });
    const then = await series(`code=heart-rate&${HOUR}&known-at=${at(25)}`);
    expect(then.body).toMatchObject({ knownAt: at(25), points: [{ value: 60 }, { value: 170 }, { value: 80 }] });
    expect((await series(`code=heart-rate&from=${at(0)}&to=${at(20)}`)).body).toMatchObject({ count: 2 });
  });

  it('shows quality as it was judged later, bounds, sources, and where nothing was measured', async () => {
    const values = Array.from({ length: 60 }, (_, n) => ({ t: T0 + n * MINUTE, x: 96 })).filter(
      (_, n) => n < 20 || n > 40,
    );
    await storeValues(api, 'p2', SATURATION, [
      ...values.slice(0, 10),
      { ...values[10]!, x: 88, quality: 1, source: 'ring' },
      { ...values[11]!, x: 40, comparator: '<' },
      ...values.slice(12),
    ]);
    await api.platform.pool.query(
      `INSERT INTO measurement_judgements (tenant, twin, code, effective_at, identity, version, recorded_at, quality, reasons)
       SELECT tenant, twin, code, effective_at, identity, version, $2, 2, '{rate-impossible}' FROM measurements
       WHERE tenant = $1 AND code = 3 AND value = 96 ORDER BY effective_at LIMIT 1`,
      [api.tenant, at(50)],
    );
    const { body } = await series(`code=oxygen-saturation&${HOUR}`, 'p2');
    expect(body).toMatchObject({ usualStepSeconds: 60, gaps: [{ from: at(19), to: at(41) }] });
    const points = body['points'] as Record<string, unknown>[];
    expect(points[0]).toEqual({
      at: at(0),
      value: 96,
      quality: 'bad',
      qualityReasons: ['rate-impossible'],
      source: 'monitor-7',
    });
    expect(points[10]).toEqual({ at: at(10), value: 88, quality: 'doubtful', source: 'ring' });
    expect(points[11]).toEqual({ at: at(11), value: 40, comparator: '<', quality: 'good', source: 'monitor-7' });
    const before = await series(`code=oxygen-saturation&${HOUR}&known-at=${at(49)}`, 'p2');
    expect((before.body['points'] as Record<string, unknown>[])[0]).toMatchObject({ quality: 'good' });
  });

  it('bounds a long series without losing an extreme, over the pages in which it is read', async () => {
    const count = 12_000;
    const values = Array.from({ length: count }, (_, n) => ({ t: T0 + n * 5_000, x: 100 + (n % 7) }));
    values[7_321] = { ...values[7_321]!, x: 399 };
    values[4_999] = { ...values[4_999]!, x: 41 };
    await storeValues(api, 'p3', GLUCOSE, values);
    const { body } = await series(`code=glucose&from=${at(0)}&to=${at(24 * 60)}&points=200`, 'p3');
    expect(body).toMatchObject({ rule: 'extremes', count, usualStepSeconds: 5, gaps: [] });
    const points = body['points'] as { at: string; value: number }[];
    expect(points.length).toBeLessThanOrEqual(200);
    expect(points.length).toBeGreaterThan(60);
    const measured = new Map(values.map(({ t, x }) => [new Date(t).toISOString(), x]));
    for (const point of points) expect(point.value).toBe(measured.get(point.at));
    expect(points.map(({ value }) => value)).toEqual(expect.arrayContaining([399, 41]));
    expect([points[0]?.at, points.at(-1)?.at]).toEqual([at(0), new Date(T0 + (count - 1) * 5_000).toISOString()]);
  });

  it('gives the limits in force with their owners, and as they were known', async () => {
    const { pool } = api.platform;
    await pool.query(
      `INSERT INTO thresholds (tenant, twin, rule, version, limits, author, reason, expires_at, recorded_at)
       VALUES ($1, $2, 'heart-rate-high', 1, '{"limit": 125}', 'ward', 'athlete', '2099-01-01T00:00:00Z', $3),
              ($1, $2, 'heart-rate-high', 2, '{"limit": 130}', 'ward', 'athlete, again', NULL, $4)`,
      [api.tenant, api.twin, at(5), at(40)],
    );
    await pool.query(
      `INSERT INTO tenant_thresholds (tenant, rule, version, limits, author, reason, recorded_at)
       VALUES ($1, 'glucose-low', 1, '{"limit": 75}', 'lead', 'policy', $2)`,
      [api.tenant, at(30)],
    );
    const of = async (query: string, rule: string) =>
      (await call('GET', `/v1/twins/p1/limits${query}`)).body.items.filter((item) => item['rule'] === rule);
    expect(await of('', 'heart-rate-high')).toMatchObject([
      { limit: 'limit', value: 130, owner: 'patient', author: 'ward', reason: 'athlete, again', severity: 'medium' },
      { limit: 'severeLimit', value: 150, owner: 'default', severity: 'high' },
    ]);
    expect(await of('', 'glucose-low')).toMatchObject([{ value: 75, owner: 'tenant', direction: 'low' }]);
    const then = await of(`?known-at=${at(20)}`, 'heart-rate-high');
    expect(then[0]).toMatchObject({ value: 125, reason: 'athlete', expiresAt: '2099-01-01T00:00:00.000Z' });
    expect(await of(`?known-at=${at(20)}`, 'glucose-low')).toMatchObject([{ value: 70, owner: 'default' }]);
    expect(await of(`?known-at=${at(1)}`, 'heart-rate-high')).toMatchObject([{ value: 120, owner: 'default' }, {}]);
  });

  it('knows the target range of a pregnant person, since it was known', async () => {
    await api.platform.pool.query(
      `INSERT INTO facts (tenant, twin, kind, reference, version, content, recorded_at)
       SELECT tenant, key, 'condition', 'Condition/pregnant', 1, '{"code": {"system": "http://snomed.info/sct", "code": "77386006"}}', $2
       FROM twins WHERE tenant = $1 AND patient = 'p2'`,
      [api.tenant, at(30)],
    );
    const targets = async (query: string) => (await call('GET', `/v1/twins/p2/limits${query}`)).body['targets'];
    const glucose = { code: 'glucose', unit: 'mg/dL' };
    expect(await targets('')).toEqual([{ ...glucose, low: 63, high: 140, pregnancy: true }]);
    expect(await targets(`?known-at=${at(29)}`)).toEqual([{ ...glucose, low: 70, high: 180, pregnancy: false }]);
  });

  it.each([
    [`series?code=charisma&${HOUR}`, 'code-unknown', '/code'],
    [`series?code=ecg&${HOUR}`, 'code-is-a-wave', '/code'],
    [`series?${HOUR}`, 'invalid', '/code'],
    [`series?code=glucose&from=${at(0)}`, 'invalid', '/to'],
    [`series?code=glucose&from=${at(1)}&to=${at(0)}`, 'invalid', '/to'],
    [`series?code=glucose&from=2026-01-01T00:00:00Z&to=2026-06-01T00:00:00Z`, 'invalid', '/to'],
    [`series?code=glucose&${HOUR}&points=9`, 'invalid', '/points'],
    [`series?code=glucose&${HOUR}&points=5001`, 'invalid', '/points'],
    [`series?code=glucose&${HOUR}&known-at=yesterday`, 'invalid', '/known-at'],
    [`series?code=glucose&${HOUR}&mean=true`, 'invalid', ''],
    ['limits?known-at=2026-03-01', 'invalid', '/known-at'],
  ])('%s is refused: %s at %s', async (path, code, pointer) => {
    const answer = await call('GET', `/v1/twins/p1/${path}`);
    expect([answer.status, answer.body['code'], (answer.body['errors'] as { pointer: string }[])[0]?.pointer]).toEqual([
      400,
      code,
      pointer,
    ]);
  });

  it('shows nothing of another tenant, nor without the scope', async () => {
    for (const path of [`series?code=heart-rate&${HOUR}`, 'limits']) {
      const theirs = await call('GET', `/v1/twins/p1/${path}`, undefined, { bearer: api.south });
      expect([path, theirs.status, theirs.body['code']]).toEqual([path, 404, 'not-found']);
      const bearer = await api.http.tokenOf('ward', 'alerts.read');
      expect((await call('GET', `/v1/twins/p1/${path}`, undefined, { bearer })).status).toBe(403);
    }
  });
});
