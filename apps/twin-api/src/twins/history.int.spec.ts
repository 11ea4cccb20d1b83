import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { at, TwinApi, uuid, type Answer } from '../twin-api.fixture.js';

describe('the measurements of a twin over the API', () => {
  let api: TwinApi;
  let call: TwinApi['call'];

  beforeAll(async () => {
    api = await TwinApi.open();
    ({ call } = api);
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

  it('shows history with all versions, or those known at a time', async () => {
    const all = await call('GET', '/v1/twins/p1/measurements?code=heart-rate');
    expect(all.body.items.map((item) => [item['id'], item['value'], item['supersededBy']])).toEqual([
      [uuid(1), 60, undefined],
      [uuid(2), 170, `${uuid(2)}.2`],
      [`${uuid(2)}.2`, 70, undefined],
      [uuid(3), 80, undefined],
    ]);
    expect(all.body.items[0]).toEqual({
      id: uuid(1),
      code: 'heart-rate',
      coding: { system: 'http://loinc.org', code: '8867-4' },
      value: 60,
      unit: '/min',
      effectiveAt: at(0),
      receivedAt: at(1),
      recordedAt: at(1),
      source: 'monitor-7',
      device: 'd1',
      quality: 'good',
    });
    const known = await call('GET', `/v1/twins/p1/measurements?known-at=${at(25)}`);
    expect(known.body.items.map((item) => [item['value'], item['supersededBy']])).toEqual([
      [60, undefined],
      [170, undefined],
      [80, undefined],
    ]);
    const range = await call('GET', `/v1/twins/p1/measurements?code=8867-4&from=${at(10)}&to=${at(20)}`);
    expect(range.body.items.map((item) => item['value'])).toEqual([170, 70]);
    expect((await call('GET', '/v1/twins/p1/measurements?code=glucose')).body.items).toEqual([]);
  });

  it('pages history without gap or repetition', async () => {
    const seen: unknown[] = [];
    let next: string | undefined = '';
    for (let page = 0; next !== undefined && page < 10; page += 1) {
      const { body }: Answer = await call(
        'GET',
        `/v1/twins/p1/measurements?limit=1${next === '' ? '' : `&cursor=${next}`}`,
      );
      expect(body.items).toHaveLength(1);
      seen.push(body.items[0]?.['value']);
      next = body.next;
    }
    expect(seen).toEqual([60, 170, 70, 80]);
  });
});
