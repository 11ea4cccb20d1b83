import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { alertOf, at, TwinApi, uuid } from '../twin-api.fixture.js';

describe('the timeline of a patient', () => {
  let api: TwinApi;
  let call: TwinApi['call'];
  const day = () =>
    `from=${new Date(Date.now() - 3_600_000).toISOString()}&to=${new Date(Date.now() + 60_000).toISOString()}`;

  beforeAll(async () => {
    api = await TwinApi.open();
    ({ call } = api);
    const rule = { id: 'heart-rate-high', version: '1.1.0', title: 'Heart rate high' };
    await api.transition(1, 1, alertOf(1, 'raised', 'open', { rule }));
    await post('/v1/alerts/' + uuid(1) + '/acknowledge', { note: 'seen', useful: true, onBehalfOf: 'Practitioner/7' });
    await api.transition(1, 2, alertOf(1, 'acknowledged', 'acknowledged', { rule }));
    await post('/v1/alerts/' + uuid(1) + '/snooze', { until: new Date(Date.now() + 600_000).toISOString() });
    await put('/v1/twins/p1/thresholds', {
      thresholds: [
        { rule: 'heart-rate-high', limits: { limit: 125 }, reason: 'athlete', expiresAt: '2099-01-01T00:00:00Z' },
        { rule: 'heart-rate-low', limits: null, reason: 'as usual' },
      ],
    });
    await put('/v1/thresholds', { thresholds: [{ rule: 'glucose-low', limits: { limit: 72 }, reason: 'policy' }] });
    await put('/v1/twins/p1/monitoring', { state: 'off', reason: 'bath', until: '2099-01-01T00:00:00Z' });
    // Of somebody else.
    await put('/v1/twins/p2/monitoring', { state: 'off', reason: 'other' });
    await api.transition(1, 3, alertOf(1, 'resolved', 'resolved', { rule, reason: 'data-changed' }), true);
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

  const post = async (path: string, body: object) => expect((await call('POST', path, body)).status).toBe(202);
  const put = async (path: string, body: object) => expect((await call('PUT', path, body)).status).toBe(202);
  const items = async (query: string) => (await call('GET', `/v1/twins/p1/timeline?${query}`)).body.items;

  it('holds transitions, acts with their authors, limits and monitoring, oldest first', async () => {
    const all = await items(day());
    expect(all.map(({ kind, title, transition }) => [kind, title, transition])).toEqual([
      ['alert', 'Heart rate high', 'raised'],
      ['act', 'Heart rate high', 'acknowledged'],
      ['act', 'Heart rate high', 'snoozed'],
      ['threshold', 'Heart rate high', undefined],
      ['threshold', 'Heart rate low', undefined],
      ['threshold', 'Glucose low', undefined],
      ['monitoring', 'Monitoring off', undefined],
      ['alert', 'Heart rate high', 'resolved'],
    ]);
    expect(all[0]).toEqual({
      id: expect.any(String),
      at: expect.any(String),
      kind: 'alert',
      title: 'Heart rate high',
      severity: 'medium',
      alert: uuid(1),
      rule: 'heart-rate-high',
      code: 'heart-rate',
      transition: 'raised',
      summary: expect.any(String),
      effectiveAt: at(10),
    });
    expect(all[1]).toMatchObject({
      alert: uuid(1),
      rule: 'heart-rate-high',
      code: 'heart-rate',
      author: 'Practitioner/7',
      reason: 'seen',
      useful: true,
    });
    expect(all[2]).toMatchObject({ author: 'ward', until: expect.any(String) });
    expect(all[3]).toMatchObject({
      author: 'ward',
      owner: 'patient',
      limits: { limit: 125 },
      reason: 'athlete',
      until: '2099-01-01T00:00:00.000Z',
    });
    expect(all[4]).toMatchObject({ owner: 'patient', limits: null });
    expect(all[5]).toMatchObject({ owner: 'tenant', limits: { limit: 72 }, reason: 'policy' });
    expect(all[6]).toMatchObject({ state: 'off', reason: 'bath', until: '2099-01-01T00:00:00.000Z' });
    expect(all[7]).toMatchObject({ reason: 'data-changed' });
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  it('holds what was known at a time, of the time asked for', async () => {
    const all = await items(day());
    const known = await items(`${day()}&known-at=${String(all[2]?.['at'])}`);
    expect(known.map(({ id }) => id)).toEqual(all.slice(0, 3).map(({ id }) => id));
    expect(await items(`from=${at(0)}&to=${at(60)}`)).toEqual([]);
    expect(await items(`${day().replace(/to=.*/, `to=${String(all[1]?.['at'])}`)}`)).toHaveLength(1);
  });

  it('is paged without missing or doubling anything', async () => {
    const window = day();
    const all = await items(window);
    const seen: unknown[] = [];
    let cursor = '';
    for (let page = 0; page < 20; page += 1) {
      const { body } = await call('GET', `/v1/twins/p1/timeline?${window}&limit=1${cursor}`);
      seen.push(...body.items.map(({ id }) => id));
      if (body.next === undefined) break;
      cursor = `&cursor=${body.next}`;
    }
    expect(seen).toEqual(all.map(({ id }) => id));
  });

  it('is refused for a time that is none, and for what another tenant has', async () => {
    const path = `/v1/twins/p1/timeline`;
    expect((await call('GET', `${path}?from=${at(1)}&to=${at(0)}`)).body['errors']).toMatchObject([{ pointer: '/to' }]);
    expect((await call('GET', path)).body['errors']).toMatchObject([{ pointer: '/from' }, { pointer: '/to' }]);
    expect((await call('GET', `${path}?${day()}&cursor=AAAA`)).body['code']).toBe('cursor-invalid');
    expect((await call('GET', `${path}?${day()}`, undefined, { bearer: api.south })).status).toBe(404);
  });
});
