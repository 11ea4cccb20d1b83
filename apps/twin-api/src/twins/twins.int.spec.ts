import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { apply, createMemory, initialTwin, TWIN_VERSION, writeTwin } from '#libs/domain/twin';
import type { Platform } from '#libs/platform/runtime';
import { at, NAME, TwinApi } from '../twin-api.fixture.js';

const T0 = Date.parse(at(0));
const HOT = {
  patient: 'p3',
  type: 'system',
  version: 1,
  asOf: at(20),
  measures: {},
  facts: [],
  moreFacts: 0,
  alerts: [],
};

describe('twins over the API', () => {
  let api: TwinApi;
  let platform: Platform;
  let tenant: number;
  let call: TwinApi['call'];

  beforeAll(async () => {
    api = await TwinApi.open();
    ({ platform, tenant, call } = api);
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

  it('lists patients by page', async () => {
    const first = await call('GET', '/v1/patients?limit=2');
    expect(first.body.items.map((item) => item['patient'])).toEqual(['p1', 'p2']);
    const rest = await call('GET', `/v1/patients?limit=2&cursor=${first.body.next}`);
    expect(rest.body).toEqual({
      items: [
        {
          patient: 'p3',
          type: 'system',
          version: 0,
          asOf: null,
          name: null,
          identifier: null,
          bed: null,
          firstRecordedAt: expect.any(String),
        },
      ],
    });
  });

  it('shows the twin now', async () => {
    const { body } = await call('GET', '/v1/twins/p1');
    expect(body).toMatchObject({
      patient: 'p1',
      type: 'system',
      version: 7,
      asOf: at(20),
      measures: {
        'heart-rate': {
          value: 80,
          unit: '/min',
          effectiveAt: at(20),
          source: 'monitor-7',
          quality: 'good',
          stale: true,
        },
      },
      facts: [{ kind: 'condition', reference: 'Condition/c1' }],
    });
    expect(JSON.stringify(body)).not.toContain(NAME);
  });

  it('shows it at a time, and as it was known at a time', async () => {
    const heart = async (query: string): Promise<unknown> =>
      (
        (await call('GET', `/v1/twins/p1?${query}`)).body['measures'] as Record<
          string,
          { value: number; stale: boolean }
        >
      )['heart-rate'];
    expect(await heart(`at=${at(15)}`)).toMatchObject({ value: 70, stale: false });
    expect(await heart(`at=${at(15)}&known-at=${at(15)}`)).toMatchObject({ value: 170 });
    expect(await heart(`known-at=${at(22)}`)).toMatchObject({ value: 80 });
    expect(await heart(`known-at=${at(2)}`)).toMatchObject({ value: 60 });
    expect(await heart(`at=${at(-5)}`)).toBeUndefined();
  });

  it('shows the newest value of a waveform too, at a time and where the hot state has lost it', async () => {
    await platform.pool.query(
      `INSERT INTO measurements (tenant, twin, effective_at, received_at, recorded_at, source, code, version, quality, sourced, identity,
         content_hash, series, period_ms, channel)
       SELECT t.tenant, t.key, $2, $2, $2, s.key, 12, 1, 0, FALSE, gen_random_uuid(), 1, '{0.1,0.25}', 4, 'II'
       FROM twins t JOIN sources s ON s.tenant = t.tenant WHERE t.tenant = $1 AND t.patient = 'p1' LIMIT 1`,
      [tenant, at(20)],
    );
    const ecg = async (query: string): Promise<unknown> =>
      ((await call('GET', `/v1/twins/p1${query}`)).body['measures'] as Record<string, unknown>)['ecg'];
    expect(await ecg('')).toMatchObject({ value: 0.25, unit: 'mV', effectiveAt: at(20) });
    expect(await ecg(`?at=${at(21)}`)).toMatchObject({ value: 0.25, stale: false });
    expect(await ecg(`?at=${at(19)}`)).toBeUndefined();
    await platform.pool.query('DELETE FROM measurements WHERE tenant = $1 AND code = 12', [tenant]);
  });

  it('shows what follows from the measures also where the hot state has lost it', async () => {
    const record = { v: 1, kind: 'samples', tenant, patient: 'p3', source: 's', device: 'd' } as const;
    const samples = [3, 4].map((c) => ({ c, t: T0, x: 90 }));
    const outcome = apply(
      DEFAULT_CATALOGUE,
      initialTwin(DEFAULT_CATALOGUE, tenant, 'p3'),
      { ...record, receivedAt: T0, samples },
      createMemory(),
    );
    if (outcome.kind !== 'applied') throw new Error(outcome.kind);
    const store = (snapshot: string | null, version: number) =>
      platform.pool.query(`UPDATE twins SET snapshot = $1, version = $3 WHERE tenant = $2 AND patient = 'p3'`, [
        snapshot,
        tenant,
        version,
      ]);
    const snapshot = writeTwin(DEFAULT_CATALOGUE, outcome.state);
    await store(snapshot, 1);
    const { body } = await call('GET', '/v1/twins/p3');
    expect(body).toMatchObject({
      derived: { 'oxygen-saturation-deviation': { refused: 'cold-start' } },
      refusals: [],
    });
    // The version before this one is read as well.
    await store(snapshot.replace(`"v":${TWIN_VERSION}`, `"v":${TWIN_VERSION - 1}`), 1);
    expect((await call('GET', '/v1/twins/p3')).body).toMatchObject({ derived: body['derived'], refusals: [] });

    const unreadable = { status: 503, body: { code: 'twin-unreadable', detail: expect.stringContaining('rebuild') } };
    for (const [text, version] of [
      [snapshot.slice(0, -20), 1],
      [snapshot.replace(`"v":${TWIN_VERSION}`, `"v":${TWIN_VERSION + 1}`), 1],
      [snapshot, 2],
    ] as const) {
      await store(text, version);
      for (const path of ['/v1/twins/p3', '/v1/twins/p3/monitoring']) {
        const answer = await call('GET', path);
        expect(answer).toMatchObject(unreadable);
        expect(JSON.stringify(answer.body)).not.toMatch(/JSON|snapshot|stack/);
      }
      // What is in tables of its own is answered.
      expect((await call('GET', `/v1/twins/p3?at=${at(20)}`)).status).toBe(200);
      expect((await call('GET', '/v1/twins/p3/measurements')).status).toBe(200);
      expect((await call('GET', '/v1/twins/p1')).status).toBe(200);
    }
    await store(null, 0);
  });

  it('does not show as current what the hot state holds of a twin that could not be read', async () => {
    await platform.hot.put([{ tenant, patient: 'p3', version: 1, view: JSON.stringify(HOT) }]);
    expect(await call('GET', '/v1/twins/p3')).toMatchObject({ status: 200, body: { version: 1 } });
    await platform.pool.query(
      `INSERT INTO quarantined_twins (tenant, patient, twin, reason, since)
       SELECT tenant, patient, key, 'not-json', now() FROM twins WHERE tenant = $1 AND patient = 'p3'`,
      [tenant],
    );
    expect(await call('GET', '/v1/twins/p3')).toMatchObject({ status: 503, body: { code: 'twin-unreadable' } });
    expect(await call('GET', '/v1/twins/p3/stream')).toMatchObject({ status: 503, body: { code: 'twin-unreadable' } });
    await platform.pool.query('DELETE FROM quarantined_twins');
  });

  it('prefers the hot state', async () => {
    const view = {
      patient: 'p2',
      type: 'system',
      version: 3,
      asOf: at(20),
      measures: {
        glucose: {
          value: 99,
          unit: 'mg/dL',
          effectiveAt: new Date().toISOString(),
          source: 's',
          quality: 'good',
          stale: true,
        },
      },
      facts: [],
      moreFacts: 0,
      alerts: [],
    };
    await platform.hot.put([{ tenant, patient: 'p2', version: 3, view: JSON.stringify(view) }]);
    const { body } = await call('GET', '/v1/twins/p2');
    expect(body).toMatchObject({
      version: 3,
      knownAt: expect.any(String),
      measures: { glucose: { value: 99, stale: false } },
    });
  });

  it('reads the facts from the database when the hot view holds only some of them', async () => {
    await platform.pool.query(
      `INSERT INTO facts (tenant, twin, kind, reference, version, content, recorded_at)
       SELECT tenant, key, 'allergy', 'AllergyIntolerance/a1', 1, '{}', now() FROM twins WHERE tenant = $1 AND patient = 'p3'`,
      [tenant],
    );
    const hot = { patient: 'p3', type: 'system', version: 8, asOf: at(20), measures: {}, facts: [], alerts: [] };
    const view = JSON.stringify({ ...hot, moreFacts: 1 });
    await platform.hot.put([{ tenant, patient: 'p3', version: 8, view }]);
    const { body } = await call('GET', '/v1/twins/p3');
    expect(body).toMatchObject({ version: 8, facts: [{ kind: 'allergy', reference: 'AllergyIntolerance/a1' }] });
    expect(body).not.toHaveProperty('moreFacts');
  });

  it.each([
    ['/v1/twins/p1?at=yesterday', 400, 'invalid'],
    ['/v1/twins/p1?at=2026-03-01T08:00:00', 400, 'invalid'],
    ['/v1/twins/p1?when=now', 400, 'invalid'],
    ['/v1/twins/p1/measurements?limit=1001', 400, 'invalid'],
    ['/v1/twins/p1/measurements?limit=0', 400, 'invalid'],
    ['/v1/twins/p1/measurements?code=charisma', 400, 'code-unknown'],
    ['/v1/twins/p1/measurements?cursor=AAAA', 400, 'cursor-invalid'],
    ['/v1/twins/p1/measurements?cursor=eyJhIjoxfQ', 400, 'cursor-invalid'],
    ['/v1/patients?cursor=%00', 400, 'cursor-invalid'],
    ['/v1/twins/nobody', 404, 'not-found'],
    ["/v1/twins/p1'%20OR%201=1", 404, 'not-found'],
    ['/v1/twins/..%2f..%2fetc%2fpasswd', 404, 'not-found'],
    ['/v1/twins/p1%00', 404, 'not-found'],
    ['/v1/alerts?status=sleeping', 400, 'invalid'],
    ['/v1/alerts/1', 404, 'not-found'],
    ['/v1/webhooks/%27', 404, 'not-found'],
  ])('%s → %d %s', async (path, status, code) => {
    const answer = await call('GET', path);
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
  });
});
