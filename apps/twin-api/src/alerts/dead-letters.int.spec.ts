import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TOPICS } from '#libs/contracts';
import type { Platform } from '#libs/platform/runtime';
import { at, NAME, uuid, TwinApi } from '../twin-api.fixture.js';

describe('dead letters over the API', () => {
  let api: TwinApi;
  let platform: Platform;
  let tenant: number;
  let south: string;
  let call: TwinApi['call'];

  beforeAll(async () => {
    api = await TwinApi.open();
    ({ platform, tenant, south, call } = api);
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

  it('are listed without their content and replayed', async () => {
    await platform.pool.query(
      `INSERT INTO dead_letters (tenant, id, consumer_group, topic, "partition", "offset", key, value, reason, at) VALUES ($1, $2, 'engine', $3, 0, 5, $4, $5, 'unknown version', $6)`,
      [tenant, uuid(5), TOPICS.patientInput, `${tenant}/p1`, JSON.stringify({ name: NAME }), at(0)],
    );
    const list = await call('GET', '/v1/dead-letters');
    expect(list.body.items).toEqual([
      {
        id: uuid(5),
        group: 'engine',
        topic: TOPICS.patientInput,
        partition: 0,
        offset: '5',
        reason: 'unknown version',
        at: at(0),
      },
    ]);
    expect((await call('POST', `/v1/dead-letters/${uuid(5)}/replay`, undefined, { bearer: south })).status).toBe(404);
    expect((await call('POST', `/v1/dead-letters/${uuid(5)}/replay`)).status).toBe(202);
    expect((await call('GET', '/v1/dead-letters')).body.items[0]).toHaveProperty('replayedAt');
  });
});
