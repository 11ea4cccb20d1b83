import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { resolveCode } from '#libs/domain/quantities';
import { TwinApi } from '../twin-api.fixture.js';

describe('the list of models that were demoted for a person', () => {
  let api: TwinApi;

  beforeAll(async () => {
    api = await TwinApi.open();
    const glucose = resolveCode('glucose')!.number;
    const said: readonly (readonly [version: number, model: string, status: string, skill: number])[] = [
      [1, 'glucose-forecast', 'demoted', -0.1],
      [2, 'glucose-forecast', 'active', 0.05],
      [3, 'vital-forecast', 'demoted', -0.2],
    ];
    for (const [version, model, status, skill] of said)
      await api.platform.pool.query(
        `INSERT INTO model_statuses (tenant, twin, model, code, version, received_at, recorded_at, status, reason, skill, n)
         VALUES ($1, $2, $3, $4, $5::int, now(), timestamptz '2026-03-01T00:00:00Z' + $5::int * interval '1 hour', $6, 'skill over 7 days', $7, 250)`,
        [api.tenant, api.twin, model, glucose, version, status, skill],
      );
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

  const list = async (query: string): Promise<string[]> => {
    const { status, body } = await api.call('GET', `/v1/model-statuses?${query}`);
    expect([query, status]).toEqual([query, 200]);
    return body.items.map(({ model, status: became }) => `${String(model)} ${String(became)}`);
  };

  it('is newest first, and says what holds now', async () => {
    const { body } = await api.call('GET', '/v1/model-statuses');
    expect(body.items.map(({ recordedAt, newest }) => [recordedAt, newest])).toEqual([
      ['2026-03-01T03:00:00.000Z', true],
      ['2026-03-01T02:00:00.000Z', true],
      ['2026-03-01T01:00:00.000Z', false],
    ]);
    expect(body.items[2]).toEqual({
      patient: 'p1',
      code: 'glucose',
      model: 'glucose-forecast',
      status: 'demoted',
      reason: 'skill over 7 days',
      skill: -0.1,
      n: 250,
      recordedAt: '2026-03-01T01:00:00.000Z',
      newest: false,
    });
    expect(body['disclaimer']).toContain('not a cleared medical device');
  });

  it('is filtered, and paged', async () => {
    expect(await list('status=demoted&newest=true')).toEqual(['vital-forecast demoted']);
    expect(await list('model=glucose-forecast&code=glucose&patient=p1')).toEqual([
      'glucose-forecast active',
      'glucose-forecast demoted',
    ]);
    expect(await list('code=heart-rate')).toEqual([]);
    expect(await list('patient=p2')).toEqual([]);
    const first = await api.call('GET', '/v1/model-statuses?limit=2');
    expect(first.body.items).toHaveLength(2);
    expect(await list(`limit=2&cursor=${first.body.next}`)).toEqual(['glucose-forecast demoted']);
  });

  it('is refused without the scope, and with what is no filter', async () => {
    const bearer = await api.http.tokenOf('ward', 'twins.read');
    expect((await api.call('GET', '/v1/model-statuses', undefined, { bearer })).status).toBe(403);
    for (const query of ['code=nothing', 'status=gone', 'newest=yes', 'cursor=x'])
      expect([query, (await api.call('GET', `/v1/model-statuses?${query}`)).status]).toEqual([query, 400]);
  });
});
