import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { at, TwinApi } from '../twin-api.fixture.js';
import { storeValues } from './values.fixture.js';

const [ECG, RR] = [12, 2];
const T0 = Date.parse(at(0));

describe('waves over the API', () => {
  let api: TwinApi;
  let call: TwinApi['call'];

  beforeAll(async () => {
    api = await TwinApi.open();
    ({ call } = api);
    const values = Array.from({ length: 500 }, (_, n) => n / 1000);
    const piece = (n: number, channel: string) => ({ t: T0 + n * 2_000, series: values, periodMs: 4, channel });
    await storeValues(api, 'p1', ECG, Array.from({ length: 60 }, (_, n) => [piece(n, 'II'), piece(n, 'V5')]).flat());
    await storeValues(api, 'p1', RR, [{ t: T0, series: Array.from({ length: 400 }, () => 800) }]);
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

  const time = (from: number, to: number): string =>
    `from=${new Date(T0 + from * 1000).toISOString()}&to=${new Date(T0 + to * 1000).toISOString()}`;
  const waves = (query: string, bearer?: string) =>
    call('GET', `/v1/twins/p1/waves?${query}`, undefined, bearer === undefined ? {} : { bearer });

  it('are those that last into the time, in order, as they were sent', async () => {
    const { body } = await waves(`code=ecg&${time(31, 40)}`);
    const begins = [30, 32, 34, 36, 38].map((s) => new Date(T0 + s * 1000).toISOString());
    expect(body.items.map((item) => item['effectiveAt'])).toEqual(begins.flatMap((one) => [one, one]));
    expect(new Set(body.items.map((item) => item['channel']))).toEqual(new Set(['II', 'V5']));
    expect(body.items[0]).toMatchObject({ code: 'ecg', periodMs: 4, unit: 'mV', quality: 'good', source: 'monitor-7' });
    expect(body.items[0]?.['values']).toEqual(expect.arrayContaining([0, 0.001, 0.002]));
    expect(body.items[0]?.['values']).toHaveLength(500);
    // One that ends as the time begins is not of it.
    expect((await waves(`code=ecg&${time(32, 33)}`)).body.items).toHaveLength(2);
  });

  it('are intervals that began long before, too', async () => {
    const { body } = await waves(`code=rr-interval&${time(300, 330)}`);
    expect(body.items).toMatchObject([{ code: 'rr-interval', effectiveAt: at(0), periodMs: null, unit: 'ms' }]);
    expect((await waves(`code=rr-interval&${time(321, 350)}`)).body.items).toEqual([]);
  });

  it('are as they were known', async () => {
    expect(
      (await waves(`code=ecg&${time(31, 40)}&known-at=${new Date(T0 + 33_000).toISOString()}`)).body.items,
    ).toHaveLength(4);
  });

  it.each([
    [`code=heart-rate&${time(0, 10)}`, 'code-is-no-wave', '/code'],
    [`code=lead-x&${time(0, 10)}`, 'code-unknown', '/code'],
    [`code=ecg&${time(0, 61)}`, 'invalid', '/to'],
    [`code=ecg&${time(10, 10)}`, 'invalid', '/to'],
    ['code=ecg', 'invalid', '/from'],
  ])('%s is refused: %s at %s', async (query, code, pointer) => {
    const { status, body } = await waves(query);
    expect([status, body['code'], body['errors']]).toMatchObject([
      400,
      code,
      [{ pointer }, ...(pointer === '/from' ? [{}] : [])],
    ]);
  });

  it('are none of another tenant', async () => {
    expect((await waves(`code=ecg&${time(0, 10)}`, api.south)).status).toBe(404);
  });
});
