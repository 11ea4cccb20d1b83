import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK } from 'jose';
import { KeyServer, makeKey, signed, type TestKey } from '../../../../test/support/sign-in/key-server.js';
import { RunningApi } from '../../../../test/support/running-api.js';
import { TwinApiModule } from '../twin-api.module.js';

interface Shown extends Record<string, unknown> {
  readonly id: string;
  readonly secret?: string;
  readonly items: readonly Shown[];
  readonly next?: string;
  readonly code?: string;
  readonly errors?: readonly { readonly pointer: string; readonly code: string }[];
}

const PUBLIC_URL = 'https://homeostat.example';
const SCOPES = ['twins.read', 'system/Observation.rs?category=laboratory'];

describe('clients', () => {
  let api: RunningApi;
  let south: string;
  let key: TestKey;

  beforeAll(async () => {
    api = await RunningApi.open((platform) => [TwinApiModule.forRoot(platform)], {
      env: { PUBLIC_URL, JWKS_ALLOWED_HOSTS: '127.0.0.1', RATE_LIMIT_LOGIN: '0', RATE_LIMIT_LOGIN_ADDRESS: '0' },
    });
    await api.addClient('south', 'south');
    south = await api.tokenOf('south');
    key = await makeKey('k');
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

  const call = (
    method: string,
    path: string,
    body?: unknown,
    bearer?: string,
  ): Promise<{ status: number; body: Shown }> =>
    api.call<Shown>(method, path, body, bearer === undefined ? {} : { bearer });

  async function token(fields: Record<string, string>): Promise<{ status: number; body: Record<string, unknown> }> {
    const body = new URLSearchParams({ grant_type: 'client_credentials', ...fields });
    const answer = await fetch(`${api.server.url}/oauth/token`, { method: 'POST', body });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }
  async function byAssertion(client: string, by = key): Promise<number> {
    const exp = Math.floor(Date.now() / 1000) + 60;
    const claims = { iss: client, sub: client, aud: `${PUBLIC_URL}/oauth/token`, jti: crypto.randomUUID(), exp };
    const answer = await token({
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await signed(claims, by),
    });
    return answer.status;
  }

  it('have a secret where they have no keys, shown once', async () => {
    const made = await call('POST', '/v1/clients', { name: 'EHR', scopes: SCOPES });
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: 'EHR',
        scopes: SCOPES,
        authentication: 'client_secret',
        status: 'active',
        secret: expect.any(String),
      },
    });
    const { id, secret = '' } = made.body;
    expect((await call('GET', `/v1/clients/${id}`)).body).not.toHaveProperty('secret');
    const granted = await token({ client_id: id, client_secret: secret });
    expect(granted).toMatchObject({ status: 200, body: { scope: SCOPES.join(' ') } });
  });

  it('log in by keys that were given, or are at their URL, and have no secret then', async () => {
    const keys = await KeyServer.start(key);
    const jwks = { keys: [{ ...key.publicJwk, x5c: ['certificate'] }] };
    const [byValue, byUrl] = [
      await call('POST', '/v1/clients', { name: 'value', scopes: SCOPES, jwks }),
      await call('POST', '/v1/clients', { name: 'url', scopes: SCOPES, jwksUri: keys.url }),
    ];
    expect([byValue.status, byUrl.status]).toEqual([201, 201]);
    expect([byValue.body.secret, byUrl.body.secret]).toEqual([undefined, undefined]);
    expect(byValue.body['jwks']).toEqual({ keys: [key.publicJwk] });
    expect(byUrl.body['jwksUri']).toBe(keys.url);
    expect([await byAssertion(byValue.body.id), await byAssertion(byUrl.body.id)]).toEqual([200, 200]);
    await keys.stop();
  });

  it.each<[string, () => unknown, string]>([
    ['no name', () => ({ scopes: SCOPES }), '/name'],
    ['an empty name', () => ({ name: '', scopes: SCOPES }), '/name'],
    ['no scopes', () => ({ name: 'x', scopes: [] }), '/scopes'],
    ['an unknown member', () => ({ name: 'x', scopes: SCOPES, secret: 'mine' }), ''],
    ['an unknown scope', () => ({ name: 'x', scopes: ['twins.read', 'everything'] }), '/scopes/1'],
    ['a scope of persons', () => ({ name: 'x', scopes: ['user/*.rs'] }), '/scopes/0'],
    ['verbs in another order', () => ({ name: 'x', scopes: ['system/Patient.sr'] }), '/scopes/0'],
    ['a scope that shapes answers', () => ({ name: 'x', scopes: ['system/Patient.rs?_sort=name'] }), '/scopes/0'],
    [
      'a restriction by no search parameter',
      () => ({ name: 'x', scopes: ['system/Patient.rs?nonsense=x'] }),
      '/scopes/0',
    ],
    ['a restriction by a chain', () => ({ name: 'x', scopes: ['system/Observation.rs?patient.name=x'] }), '/scopes/0'],
    ['a type that R4 has not', () => ({ name: 'x', scopes: ['system/Nothing.rs'] }), '/scopes/0'],
    ['no key', () => ({ name: 'x', scopes: SCOPES, jwks: { keys: [] } }), '/jwks/keys'],
    ['keys that are no list', () => ({ name: 'x', scopes: SCOPES, jwks: { keys: {} } }), '/jwks/keys'],
    [
      'a symmetric key',
      () => ({ name: 'x', scopes: SCOPES, jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } }),
      '/jwks/keys/0/kty',
    ],
    [
      'a private key',
      async () => ({ name: 'x', scopes: SCOPES, jwks: { keys: [key.publicJwk, await exportJWK(key.privateKey)] } }),
      '/jwks/keys/1/d',
    ],
    [
      'two sources of keys',
      () => ({ name: 'x', scopes: SCOPES, jwks: { keys: [key.publicJwk] }, jwksUri: 'https://a.example/' }),
      '/jwksUri',
    ],
    [
      'a key server over plain HTTP',
      () => ({ name: 'x', scopes: SCOPES, jwksUri: 'http://keys.example/jwks' }),
      '/jwksUri',
    ],
    ['a private key server', () => ({ name: 'x', scopes: SCOPES, jwksUri: 'https://10.0.0.1/jwks' }), '/jwksUri'],
    ['a URL that is none', () => ({ name: 'x', scopes: SCOPES, jwksUri: 'keys' }), '/jwksUri'],
  ])('are refused with the place: %s', async (_, body, pointer) => {
    const before = (await call('GET', '/v1/clients?limit=1000')).body.items.length;
    const answer = await call('POST', '/v1/clients', await body());
    expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([400, pointer]);
    expect((await call('GET', '/v1/clients?limit=1000')).body.items).toHaveLength(before);
  });

  it('are given and changed only by who holds all their scopes', async () => {
    const weak = await api.tokenOf('ward', 'clients.write twins.read system/Observation.rs?category=laboratory');
    expect((await call('POST', '/v1/clients', { name: 'as much', scopes: SCOPES }, weak)).status).toBe(201);
    for (const scopes of [
      ['alerts.read'],
      ['system/Observation.rs'],
      ['system/*.read'],
      ['system/Observation.c?category=laboratory'],
    ]) {
      const answer = await call('POST', '/v1/clients', { name: 'more', scopes }, weak);
      expect(answer).toMatchObject({
        status: 403,
        body: { code: 'scopes-not-held', errors: [{ pointer: '/scopes/0' }] },
      });
    }
    const { id } = (await call('POST', '/v1/clients', { name: 'strong', scopes: ['alerts.write'] })).body;
    // Else it could take the client over by giving it keys of its own.
    const jwks = { keys: [key.publicJwk] };
    for (const [method, body] of [
      ['PATCH', { jwks }],
      ['PATCH', { status: 'disabled' }],
      ['DELETE', undefined],
    ] as const)
      expect((await call(method, `/v1/clients/${id}`, body, weak)).status).toBe(403);
    expect((await call('PATCH', `/v1/clients/${id}`, { scopes: ['twins.read'] }, weak)).status).toBe(403);
    expect((await call('GET', `/v1/clients/${id}`)).body).toMatchObject({
      status: 'active',
      authentication: 'client_secret',
    });
    const none = await api.tokenOf('ward', 'twins.read');
    expect((await call('GET', '/v1/clients', undefined, none)).status).toBe(403);
  });

  it('are those of the tenant', async () => {
    const { id } = (await call('POST', '/v1/clients', { name: 'north', scopes: SCOPES })).body;
    for (const [method, body] of [
      ['GET', undefined],
      ['PATCH', { name: 'x' }],
      ['DELETE', undefined],
    ] as const) {
      const answer = await call(method, `/v1/clients/${id}`, body, south);
      const absent = await call(method, `/v1/clients/${crypto.randomUUID()}`, body, south);
      expect([answer.status, answer.body]).toEqual([404, absent.body]);
    }
    expect((await call('GET', '/v1/clients', undefined, south)).body.items.map((one) => one.id)).toEqual(['south']);
    expect((await call('GET', '/v1/clients/a%00b')).status).toBe(404);
    expect((await call('GET', `/v1/clients/${id}`)).status).toBe(200);
  });

  it('are listed page by page', async () => {
    for (let n = 0; n < 3; n += 1) await call('POST', '/v1/clients', { name: `page ${n}`, scopes: ['twins.read'] });
    const all = (await call('GET', '/v1/clients?limit=1000')).body.items.map((one) => one.id);
    const paged: string[] = [];
    for (let next: string | undefined = ''; next !== undefined;) {
      const page: { body: Shown } = await call('GET', `/v1/clients?limit=2${next === '' ? '' : `&cursor=${next}`}`);
      paged.push(...page.body.items.map((one) => one.id));
      next = page.body.next;
    }
    expect(paged).toEqual(all);
    expect((await call('GET', '/v1/clients?cursor=nonsense')).status).toBe(400);
  });

  it.each<[string, (id: string) => Promise<{ status: number }>]>([
    ['disabled', (id) => call('PATCH', `/v1/clients/${id}`, { status: 'disabled' })],
    ['deleted', (id) => call('DELETE', `/v1/clients/${id}`)],
    ['given other scopes', (id) => call('PATCH', `/v1/clients/${id}`, { scopes: ['twins.read'] })],
    ['given keys', (id) => call('PATCH', `/v1/clients/${id}`, { jwks: { keys: [key.publicJwk] } })],
  ])('lose their tokens when they are %s', async (_, change) => {
    const { id, secret = '' } = (
      await call('POST', '/v1/clients', { name: 'x', scopes: ['twins.read', 'alerts.read'] })
    ).body;
    const bearer = (await token({ client_id: id, client_secret: secret })).body['access_token'] as string;
    expect((await call('GET', '/v1/patients', undefined, bearer)).status).toBe(200);
    expect((await change(id)).status).toBeLessThan(300);
    expect((await call('GET', '/v1/patients', undefined, bearer)).status).toBe(401);
  });

  it('come back when they are made active, and keep what a change does not name', async () => {
    const { id, secret = '' } = (await call('POST', '/v1/clients', { name: 'x', scopes: SCOPES })).body;
    const login = async (): Promise<number> => (await token({ client_id: id, client_secret: secret })).status;
    await call('PATCH', `/v1/clients/${id}`, { status: 'disabled' });
    expect(await login()).toBe(401);
    expect((await call('PATCH', `/v1/clients/${id}`, { status: 'active', name: 'y' })).body).toMatchObject({
      name: 'y',
      scopes: SCOPES,
    });
    expect(await login()).toBe(200);
    await call('PATCH', `/v1/clients/${id}`, { jwks: { keys: [key.publicJwk] } });
    expect([await login(), await byAssertion(id)]).toEqual([401, 200]);
  });

  it('cannot disable or delete themselves', async () => {
    expect((await call('DELETE', '/v1/clients/ward')).body).toMatchObject({ status: 409, code: 'client-own' });
    expect((await call('PATCH', '/v1/clients/ward', { status: 'disabled' })).status).toBe(409);
  });

  it('leave an audit of who did what, without secrets or keys', async () => {
    const { id, secret = '' } = (await call('POST', '/v1/clients', { name: 'x', scopes: SCOPES })).body;
    await call('PATCH', `/v1/clients/${id}`, { scopes: ['twins.read'], jwks: { keys: [key.publicJwk] } });
    await call('DELETE', `/v1/clients/${id}`);
    await sleep(5);
    const { rows } = await api.platform.pool.query<{ act: string; actor: string; detail: object }>(
      'SELECT act, actor, detail FROM audit WHERE tenant = $1 AND target = $2 ORDER BY at, id',
      [api.tenant, `Client/${id}`],
    );
    expect(rows.map(({ act, actor }) => [act, actor])).toEqual([
      ['create-client', 'ward'],
      ['change-client', 'ward'],
      ['delete-client', 'ward'],
    ]);
    expect(rows[1]?.detail).toEqual({ changed: ['scopes', 'keys'], scopes: ['twins.read'], scopesBefore: SCOPES });
    expect(JSON.stringify(rows)).not.toMatch(new RegExp(`${secret}|${key.publicJwk.x}`));
  });
});
