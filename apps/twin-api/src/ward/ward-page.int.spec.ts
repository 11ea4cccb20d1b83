import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TwinApi } from '../twin-api.fixture.js';

describe('a page of the ward', () => {
  let api: TwinApi;
  const statements: string[] = [];

  beforeAll(async () => {
    api = await TwinApi.open();
    const { pool } = api.platform;
    const query = pool.query.bind(pool) as (...asked: unknown[]) => unknown;
    Object.assign(pool, {
      query: (...asked: unknown[]) => {
        const [text] = asked as [string | { text: string }];
        statements.push(typeof text === 'string' ? text : text.text);
        return query(...asked);
      },
    });
  }, 60_000);
  afterAll(() => api?.close(), 20_000);
  beforeEach(() => void statements.splice(0));

  it('reads trends once for all who ask at the same time', async () => {
    const pages = await Promise.all(Array.from({ length: 4 }, () => api.call('GET', '/v1/ward')));
    expect(pages.map(({ body }) => body.items.length)).toEqual([3, 3, 3, 3]);
    expect(statements.filter((text) => text.includes('FROM forecasts'))).toHaveLength(1);
    // Later they are held for a while.
    await api.call('GET', '/v1/ward');
    expect(statements.filter((text) => text.includes('FROM forecasts'))).toHaveLength(1);
  });

  it('reads the rows of its patients once, however much of them it shows', async () => {
    const { status, body } = await api.call('GET', '/v1/ward');
    expect([status, body.items.map(({ patient }) => patient)]).toEqual([200, ['p1', 'p2', 'p3']]);
    expect(
      statements.filter((text) => text.includes('FROM twins t WHERE') && text.includes('quarantined_twins')),
    ).toHaveLength(1);
  });
});
