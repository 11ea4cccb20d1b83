import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TwinApi } from '../twin-api.fixture.js';

describe('a page of the ward', () => {
  let api: TwinApi;

  beforeAll(async () => {
    api = await TwinApi.open();
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

  it('reads the rows of its patients once, however much of them it shows', async () => {
    const { pool } = api.platform;
    const statements: string[] = [];
    const query = pool.query.bind(pool) as (...asked: unknown[]) => unknown;
    Object.assign(pool, {
      query: (...asked: unknown[]) => {
        const [text] = asked as [string | { text: string }];
        statements.push(typeof text === 'string' ? text : text.text);
        return query(...asked);
      },
    });
    const { status, body } = await api.call('GET', '/v1/ward');
    expect([status, body.items.map(({ patient }) => patient)]).toEqual([200, ['p1', 'p2', 'p3']]);
    expect(
      statements.filter((text) => text.includes('FROM twins t WHERE') && text.includes('quarantined_twins')),
    ).toHaveLength(1);
  });
});
