import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TwinApi } from './twin-api.fixture.js';

interface Page {
  readonly items: readonly unknown[];
  readonly next?: string;
}

const LISTS = ['/v1/rules', '/v1/models', '/v1/measures', '/v1/thresholds', '/v1/twins/p1/thresholds'] as const;

describe('lists that are short enough to be read whole', () => {
  let api: TwinApi;

  beforeAll(async () => {
    api = await TwinApi.open();
    const thresholds = ['heart-rate-high', 'glucose-low', 'no-data'].map((rule) => ({
      rule,
      limits: null,
      reason: 'as the ward wants them',
    }));
    expect((await api.call('PUT', '/v1/thresholds', { thresholds })).status).toBe(202);
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

  async function page(path: string): Promise<{ status: number; body: Page }> {
    const { status, body } = await api.call('GET', path);
    return { status, body: body as unknown as Page };
  }

  it.each(LISTS)('%s is the same in pages of any size', async (list) => {
    const whole = (await page(list)).body;
    expect(whole.items.length).toBeGreaterThan(2);
    expect(whole.next).toBeUndefined();
    for (const limit of [1, 2, whole.items.length]) {
      const items: unknown[] = [];
      let cursor: string | undefined = '';
      while (cursor !== undefined) {
        const { body } = await page(`${list}?limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`);
        expect(body.items.length).toBeLessThanOrEqual(limit);
        items.push(...body.items);
        cursor = body.next;
      }
      expect(items).toEqual(whole.items);
    }
  });

  it.each(LISTS)('%s refuses what it does not know', async (list) => {
    const foreign = (await page(list === '/v1/rules' ? '/v1/models?limit=1' : '/v1/rules?limit=1')).body.next!;
    for (const query of ['limit=0', 'limit=1001', 'cursor=x', `cursor=${foreign}`, 'patients=p1'])
      expect([query, (await page(`${list}?${query}`)).status]).toEqual([query, 400]);
  });
});
