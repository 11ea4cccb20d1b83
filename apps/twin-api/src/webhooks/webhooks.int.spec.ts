import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Platform } from '#libs/platform/runtime';
import { LaneStore } from '#libs/platform/delivery';
import { TwinApi } from '../twin-api.fixture.js';

describe('webhooks over the API', () => {
  let api: TwinApi;
  let platform: Platform;
  let tenant: number;
  let call: TwinApi['call'];

  beforeAll(async () => {
    api = await TwinApi.open();
    ({ platform, tenant, call } = api);
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

  it('live their life', async () => {
    const made = await call('POST', '/v1/webhooks', {
      url: 'http://127.0.0.1:9/hook',
      // A single value stands for a list of one.
      filter: { severity: 'high', category: 'physiological', rules: 'glucose-low' },
      description: 'ward board',
    });
    expect([made.status, made.body]).toMatchObject([
      201,
      {
        url: 'http://127.0.0.1:9/hook',
        status: 'active',
        filter: { severity: ['high'], category: 'physiological', rules: ['glucose-low'] },
      },
    ]);
    expect(made.body['secret']).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const path = `/v1/webhooks/${made.body['id'] as string}`;
    expect((await call('GET', path)).body).not.toHaveProperty('secret');
    expect((await call('GET', '/v1/webhooks')).body.items).toHaveLength(1);
    expect((await call('PATCH', path, { status: 'disabled' })).body).toMatchObject({
      status: 'disabled',
      statusReason: 'disabled by a client',
    });
    expect((await call('PATCH', path, { status: 'active', description: null })).body).not.toHaveProperty('description');
    expect((await call('POST', `${path}/test`)).status).toBe(202);
    const deliveries = await call('GET', `${path}/deliveries`);
    expect(deliveries.body.items).toMatchObject([{ type: 'webhook.test', status: 'pending', attempts: [] }]);
    expect((await call('POST', `${path}/replay`)).body).toEqual({ queued: 0 });
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('GET', path)).status).toBe(404);
  });

  it('send one delivery again, under its id', async () => {
    const made = await call('POST', '/v1/webhooks', { url: 'http://127.0.0.1:9/hook' });
    const path = `/v1/webhooks/${made.body['id'] as string}`;
    const { message } = (await call('POST', `${path}/test`)).body as unknown as { message: string };
    await call('POST', `${path}/test`);
    await platform.pool.query(
      `UPDATE deliveries SET status = 'parked', attempts = 3, tries = 3, finished_at = now() WHERE tenant = $1 AND webhook = $2`,
      [tenant, made.body['id']],
    );
    const replay = (delivery: string, options?: object) =>
      call('POST', `${path}/deliveries/${delivery}/replay`, undefined, options);
    const statuses = async () =>
      (await call('GET', `${path}/deliveries`)).body.items.map((item) => [item['message'] === message, item['status']]);
    for (const _ of [1, 2]) {
      expect(await replay(message)).toMatchObject({ status: 202, body: { message, status: 'pending' } });
      expect(await statuses()).toEqual([
        [false, 'parked'],
        [true, 'pending'],
      ]);
    }
    const unknown = '0190a2b4-0000-7000-8000-000000000001';
    expect(await replay(unknown)).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect(await replay('1')).toMatchObject({ status: 404 });
    expect(await replay(message, { bearer: api.south })).toMatchObject({ status: 404 });
    const reader = await api.http.tokenOf('ward', 'webhooks.read');
    expect(await replay(message, { bearer: reader })).toMatchObject({ status: 403 });
    await call('PATCH', path, { status: 'disabled' });
    expect(await replay(message)).toMatchObject({
      status: 409,
      body: { code: 'webhook-disabled', detail: expect.stringContaining('active') },
    });
    await call('DELETE', path);
    expect(await replay(message)).toMatchObject({ status: 404 });
  });

  it('have their secret replaced, the old one signing for a while', async () => {
    const made = await call('POST', '/v1/webhooks', { url: 'http://127.0.0.1:9/hook' });
    const path = `/v1/webhooks/${made.body['id'] as string}`;
    const view = () =>
      new LaneStore(platform.pool).look(tenant, made.body['id'] as string, {
        now: 0,
        inFlight: [],
        fresh: 1,
        again: 1,
      });
    const before = Date.now();
    const first = await call('POST', `${path}/rotate-secret`);
    expect([first.status, first.body]).toMatchObject([
      200,
      { id: made.body['id'], status: 'active', secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) },
    ]);
    const until = Date.parse(first.body['previousUntil'] as string);
    expect([until >= before + 86_400_000, until <= Date.now() + 86_400_000]).toEqual([true, true]);
    expect((await view())?.secrets).toEqual([
      { secret: first.body['secret'], until: null },
      { secret: made.body['secret'], until },
    ]);
    expect((await call('GET', path)).body).not.toHaveProperty('secret');
    const second = await call('POST', `${path}/rotate-secret`, { overlapSeconds: 60 });
    expect((await view())?.secrets.map(({ secret }) => secret)).toEqual([
      second.body['secret'],
      first.body['secret'],
      made.body['secret'],
    ]);
    await call('POST', `${path}/rotate-secret`, { overlapSeconds: 60 });
    await call('POST', `${path}/rotate-secret`, { overlapSeconds: 60 });
    const many = await call('POST', `${path}/rotate-secret`, { overlapSeconds: 60 });
    expect([many.status, many.body['code']]).toEqual([409, 'secrets-many']);
    const last = await call('POST', `${path}/rotate-secret`, { overlapSeconds: 0 });
    expect(last.body).not.toHaveProperty('previousUntil');
    expect((await view())?.secrets).toEqual([{ secret: last.body['secret'], until: null }]);
    const audit = await platform.pool.query(
      `SELECT actor, detail FROM audit WHERE tenant = $1 AND act = 'rotate-webhook-secret' AND target = $2 ORDER BY at, id`,
      [tenant, `Webhook/${made.body['id'] as string}`],
    );
    expect(audit.rows.map((row: { detail: object }) => row.detail)).toEqual(
      [86_400, 60, 60, 60, 0].map((overlapSeconds) => ({ overlapSeconds })),
    );
    for (const overlapSeconds of [-1, 604_801, 1.5, '60', null]) {
      const refused = await call('POST', `${path}/rotate-secret`, { overlapSeconds });
      expect([refused.status, refused.body['errors']]).toMatchObject([400, [{ pointer: '/overlapSeconds' }]]);
    }
    const unknown = '/v1/webhooks/0190a2b4-0000-7000-8000-000000000001/rotate-secret';
    expect((await call('POST', unknown)).status).toBe(404);
    await call('DELETE', path);
  });

  it.each([
    [{ url: 'http://example.org' }, 'url-not-https'],
    [{ url: 'https://10.0.0.1/x' }, 'url-private-address'],
    [{ url: 'https://user:pass@example.org' }, 'url-with-credentials'],
    [{ url: 'nonsense' }, 'url-invalid'],
    [{}, 'invalid'],
    [{ url: 'https://example.org', filter: { severity: ['loud'] } }, 'invalid'],
    [{ url: 'https://example.org', secret: 'mine' }, 'invalid'],
    [{ url: 'https://example.org', filter: { rules: ['glucose-low', 'glucose-lo'] } }, 'filter-invalid'],
    [{ url: 'https://example.org', filter: { rules: 'glucose-low-soon-early' } }, 'filter-invalid'],
  ])('%j is refused: %s', async (body, code) => {
    const answer = await call('POST', '/v1/webhooks', body);
    expect([answer.status, answer.body['code']]).toEqual([400, code]);
  });

  it('says which rules of a filter will never come', async () => {
    const rules = ['glucose-low', 'glucose-lo', 'glucose-low-soon-early'];
    const { body } = await call('POST', '/v1/webhooks', { url: 'https://example.org', filter: { rules } });
    expect(body['errors']).toMatchObject([
      { pointer: '/filter/rules/1', code: 'rule-unknown' },
      { pointer: '/filter/rules/2', code: 'rule-in-shadow' },
    ]);
  });
});
