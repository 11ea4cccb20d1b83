import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { at, TwinApi } from '../twin-api.fixture.js';
import { storeValues } from '../charts/values.fixture.js';

const [HEART, SATURATION, GLUCOSE, ECG, RR] = [1, 3, 9, 12, 2];
const T0 = Date.parse(at(0));
const MANY = 30_000;

describe('measurements as CSV', () => {
  let api: TwinApi;

  beforeAll(async () => {
    api = await TwinApi.open();
    await storeValues(api, 'p2', HEART, [
      { t: T0, x: 61, source: '=HYPERLINK("http://evil","x"),1' },
      { t: T0 + 1_000, x: -5, quality: 1, source: '-5' },
      { t: T0 + 2_000, x: 62.5, quality: 2, recordedAt: T0 + 3_600_000 },
    ]);
    await storeValues(api, 'p2', SATURATION, [{ t: T0 + 1_500, x: 40, comparator: '<' }]);
    await storeValues(api, 'p2', ECG, [{ t: T0 + 5_000, series: [0.5, -0.25, 1], periodMs: 4, channel: 'II' }]);
    await storeValues(api, 'p2', RR, [{ t: T0 + 6_000, series: [800, 750] }]);
    const wave = Array.from({ length: 2_500 }, (_, n) => (n % 250) / 100);
    await storeValues(
      api,
      'p3',
      ECG,
      Array.from({ length: 400 }, (_, n) => ({ t: T0 + n * 10_000, series: wave, periodMs: 4, channel: 'II' })),
    );
    await storeValues(
      api,
      'p3',
      GLUCOSE,
      Array.from({ length: MANY }, (_, n) => ({ t: T0 + n * 1_000, x: 80 + (n % 100) })),
    );
  }, 90_000);
  afterAll(() => api?.close(), 20_000);

  async function csv(path: string, headers: Readonly<Record<string, string>> = { accept: 'text/csv' }) {
    const answer = await fetch(`${api.server.url}/v1/twins/${path}`, {
      headers: { authorization: `Bearer ${api.http.token}`, ...headers },
    });
    return { answer, text: await answer.text() };
  }

  it('holds a line for each value, in UTC, with text that spreadsheets cannot run', async () => {
    const { answer, text } = await csv('p2/measurements');
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
      200,
      'text/csv; charset=utf-8; header=present',
      'no-store',
    ]);
    expect(text).toBe(
      [
        'effectiveAt,code,value,unit,source,quality',
        `2026-03-01T08:00:00.000Z,heart-rate,61,/min,"'=HYPERLINK(""http://evil"",""x""),1",good`,
        `2026-03-01T08:00:01.000Z,heart-rate,-5,/min,'-5,doubtful`,
        '2026-03-01T08:00:01.500Z,oxygen-saturation,<40,%,monitor-7,good',
        '2026-03-01T08:00:02.000Z,heart-rate,62.5,/min,monitor-7,bad',
        '2026-03-01T08:00:05.000Z,ecg,0.5,mV,monitor-7,good',
        '2026-03-01T08:00:05.004Z,ecg,-0.25,mV,monitor-7,good',
        '2026-03-01T08:00:05.008Z,ecg,1,mV,monitor-7,good',
        '2026-03-01T08:00:06.000Z,rr-interval,800,ms,monitor-7,good',
        '2026-03-01T08:00:06.800Z,rr-interval,750,ms,monitor-7,good',
        '',
      ].join('\r\n'),
    );
  });

  it('holds what was known then, without what was replaced', async () => {
    const values = ({ text }: { text: string }) =>
      text
        .split('\r\n')
        .slice(1, -1)
        .map((line) => line.split(',')[2]);
    expect(values(await csv(`p2/measurements?code=heart-rate&known-at=${at(59)}`))).toEqual(['61', '-5']);
    expect(values(await csv('p1/measurements'))).toEqual(['60', '70', '80']);
    expect(values(await csv(`p1/measurements?known-at=${at(25)}`))).toEqual(['60', '170', '80']);
    expect(values(await csv(`p1/measurements?from=${at(1)}&to=${at(20)}`))).toEqual(['70']);
    expect(values(await csv('p1/measurements?code=glucose'))).toEqual([]);
  });

  it('holds of a wave what is of the time that is asked for, also where the wave began before', async () => {
    const times = async (code: string, from: number, to: number): Promise<string[]> => {
      const asked = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
      const { text } = await csv(`p2/measurements?code=${code}&${asked}`);
      const lines = text.split('\r\n').slice(1, -1);
      return lines.map((line) => line.slice('2026-03-01T08:00:'.length, line.indexOf('Z')));
    };
    expect(await times('ecg', T0 + 5_004, T0 + 5_008)).toEqual(['05.004']);
    expect(await times('ecg', T0, T0 + 5_008)).toEqual(['05.000', '05.004']);
    expect(await times('rr-interval', T0 + 6_500, T0 + 60_000)).toEqual(['06.800']);
    expect(await times('ecg', T0 + 5_009, T0 + 60_000)).toEqual([]);
  });

  it('holds every value of a long history', async () => {
    const { text } = await csv('p3/measurements?code=glucose&limit=10', { accept: 'text/csv, application/json' });
    const lines = text.split('\r\n').slice(1, -1);
    expect(lines).toHaveLength(MANY);
    for (const [n, line] of lines.entries())
      expect(line).toBe(`${new Date(T0 + n * 1_000).toISOString()},glucose,${80 + (n % 100)},mg/dL,monitor-7,good`);
  });

  it('reads no further than the client takes', async () => {
    const { pool } = api.platform;
    let pages = 0;
    const query = pool.query.bind(pool) as (...given: unknown[]) => unknown;
    Object.assign(pool, {
      query: (...given: unknown[]) => {
        if (typeof given[0] === 'string' && given[0].includes('unnest($3::int2[])')) pages += 1;
        return query(...given);
      },
    });
    try {
      const url = `${api.server.url}/v1/twins/p3/measurements?format=csv&code=ecg`;
      const asking = request(url, { headers: { authorization: `Bearer ${api.http.token}` } });
      const taken = new Promise<void>((resolve, reject) => {
        asking.on('error', reject);
        asking.on('response', (answer) => {
          // Nothing is read of the body: it waits in the sockets.
          answer.pause();
          resolve();
        });
      });
      asking.end();
      await taken;
      await settled(() => pages);
      expect(pages).toBeGreaterThan(0);
      const held = pages;
      asking.destroy();
      await settled(() => pages);
      expect(pages - held).toBeLessThanOrEqual(1);
      // The whole is some 50 MB in five pages, the last one empty; sockets and buffers hold less than two of them.
      expect(held).toBeLessThan(4);
    } finally {
      Object.assign(pool, { query });
    }
  }, 30_000);

  async function settled(value: () => number): Promise<void> {
    for (let last = -1; last !== value(); await new Promise((resolve) => setTimeout(resolve, 400))) last = value();
  }

  it('is asked for by the format or by what is accepted, the first of both', async () => {
    const type = async (path: string, accept: string) =>
      (await csv(path, { accept })).answer.headers.get('content-type')?.split(';')[0];
    expect(await type('p1/measurements', '*/*')).toBe('application/json');
    expect(await type('p1/measurements', 'application/json, text/csv')).toBe('application/json');
    expect(await type('p1/measurements', 'text/csv;q=0.9, */*')).toBe('text/csv');
    expect(await type('p1/measurements?format=csv', 'application/json')).toBe('text/csv');
    expect(await type('p1/measurements?format=json', 'text/csv')).toBe('application/json');
  });

  it.each([
    ['p1/measurements?format=xlsx', 400, 'invalid', '/format'],
    ['p1/measurements?format=csv&cursor=AAAA', 400, 'invalid', '/cursor'],
    ['p1/measurements?format=csv&code=charisma', 400, 'code-unknown', '/code'],
    ['nobody/measurements?format=csv', 404, 'not-found', undefined],
  ])('%s is refused as a problem: %d %s', async (path, status, code, pointer) => {
    const { answer, text } = await csv(path);
    const body = JSON.parse(text) as { code: string; errors?: { pointer: string }[] };
    expect([answer.status, answer.headers.get('content-type'), body.code, body.errors?.[0]?.pointer]).toEqual([
      status,
      'application/problem+json; charset=utf-8',
      code,
      pointer,
    ]);
  });

  it('holds nothing of another tenant', async () => {
    const { answer } = await csv('p1/measurements', { authorization: `Bearer ${api.south}`, accept: 'text/csv' });
    expect(answer.status).toBe(404);
  });
});
