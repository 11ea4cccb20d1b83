import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ModelListSchema } from '#libs/contracts';
import { MODEL_CARDS } from '#libs/domain/models';
import { TwinApi } from '../twin-api.fixture.js';

describe('the cards of the models', () => {
  let api: TwinApi;

  beforeAll(async () => {
    api = await TwinApi.open();
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

  it('are listed as they are documented, and say that this is no device', async () => {
    const { status, body } = await api.call('GET', '/v1/models');
    expect(status).toBe(200);
    const { items } = ModelListSchema.parse(body);
    expect(items.map(({ id }) => id)).toEqual(MODEL_CARDS.map(({ id }) => id));
    for (const { disclaimer } of items) expect(disclaimer).toContain('not a cleared medical device');
  });

  it('are found by id; another id is absent', async () => {
    const persistence = await api.call('GET', '/v1/models/persistence');
    expect(persistence).toMatchObject({ status: 200, body: { id: 'persistence', status: 'baseline' } });
    for (const id of ['nothing', '__proto__', '..%2fmodels']) {
      const { status, body } = await api.call('GET', `/v1/models/${id}`);
      expect([id, status, body]).toMatchObject([id, 404, { code: 'not-found' }]);
    }
  });

  it('are not for a token without the scope', async () => {
    const bearer = await api.http.tokenOf('ward', 'twins.read');
    expect((await api.call('GET', '/v1/models', undefined, { bearer })).status).toBe(403);
    const reader = await api.http.tokenOf('ward', 'forecasts.read');
    expect((await api.call('GET', '/v1/models', undefined, { bearer: reader })).status).toBe(200);
  });
});
