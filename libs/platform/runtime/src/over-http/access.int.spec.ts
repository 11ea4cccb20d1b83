import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ALL_SCOPES, hashSecret } from '#libs/platform/auth';
import { createPlatform } from '../index.js';
import { ProbedRuntime } from './probed-runtime.fixture.js';

let runtime: ProbedRuntime;

beforeAll(async () => {
  runtime = await ProbedRuntime.start();
}, 60_000);
afterAll(() => runtime.stop());

describe('access', () => {
  it('denies every route without a token, but the public ones', async () => {
    const open = new Set([
      'GET /health/live',
      'GET /health/ready',
      'GET /metrics',
      'GET /openapi.json',
      'GET /asyncapi.json',
      'POST /oauth/token',
      'POST /oauth/introspect',
      'POST /oauth/revoke',
      'GET /fhir/r4/.well-known/smart-configuration',
      'GET /fhir/r4/outcome/thrown',
    ]);
    const closed = runtime.server.routes.filter((route) => !open.has(route));
    expect(closed.length).toBeGreaterThan(5);
    for (const route of closed) {
      const [method = '', path = ''] = route.split(' ');
      const answer = await runtime.call(path.replaceAll(/:\w+/g, 'Patient'), { method });
      expect([route, answer.status]).toEqual([route, 401]);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
  });

  it('denies a route that says nothing, whoever asks', async () => {
    const answer = await runtime.call('/v1/undecorated', { headers: await runtime.bearer() });
    expect([answer.status, answer.body]).toMatchObject([403, { code: 'forbidden' }]);
  });

  it('takes the tenant from the token', async () => {
    const answer = await runtime.call('/v1/probe?tenant=south', {
      headers: { ...(await runtime.bearer()), 'x-tenant': 'south' },
    });
    expect(answer.body).toMatchObject({ tenant: { id: 'north' }, client: 'admin', scopes: ALL_SCOPES });
  });

  it('asks for the scope of the route and the verb', async () => {
    const answer = await runtime.call('/v1/probe', { headers: await runtime.bearer('alerts.read') });
    expect([answer.status, answer.body]).toMatchObject([403, { code: 'insufficient-scope' }]);
    expect(answer.headers.get('www-authenticate')).toContain('scope="twins.read"');
    const patient = await runtime.bearer('system/Patient.rs');
    expect((await runtime.call('/fhir/r4/Patient', { headers: patient })).status).toBe(200);
    const other = await runtime.call('/fhir/r4/Observation', { headers: patient });
    expect([other.status, other.type]).toEqual([403, 'application/fhir+json; charset=utf-8']);
    expect((await runtime.call('/fhir/r4/a%27b', { headers: patient })).status).toBe(403);
  });

  it('refuses altered, foreign and malformed tokens', async () => {
    const { authorization } = await runtime.bearer();
    const [head = '', payload = '', signature = ''] = authorization.slice(7).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...claims, tenant_key: 2 })).toString('base64url');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const wrong of [`${head}.${forged}.${signature}`, `${none}.${payload}.`, 'x', `${head}.${payload}`]) {
      const answer = await runtime.call('/v1/probe', { headers: { authorization: `Bearer ${wrong}` } });
      expect(answer.status).toBe(401);
    }
    expect(
      (await runtime.call('/v1/probe', { headers: { authorization: authorization.replace('Bearer', 'Basic') } }))
        .status,
    ).toBe(401);
  });

  it('knows the token of a rehearsal of its own routes while that runs, and of nobody', async () => {
    let known = '';
    await runtime.platform.tokens.rehearse(['twins.read'], async (token) => {
      known = token;
      expect(await runtime.platform.tokens.verifyToken(token)).toMatchObject({
        tenant: { key: 0 },
        scopes: ['twins.read'],
      });
      expect(await runtime.platform.tokens.verifyToken(`${token}x`)).toBeUndefined();
    });
    expect(await runtime.platform.tokens.verifyToken(known)).toBeUndefined();
  });

  it('checks MQTT credentials the same way', async () => {
    const { tokens } = runtime.platform;
    expect(await tokens.verifyClientSecret('admin', 'admin-secret')).toMatchObject({ tenant: { id: 'north' } });
    expect(await tokens.verifyClientSecret('admin', 'wrong')).toBeUndefined();
    const { authorization } = await runtime.bearer('samples.write');
    expect(await tokens.verifyToken(authorization.slice(7))).toMatchObject({
      client: 'admin',
      scopes: ['samples.write'],
    });
    expect(await tokens.verifyToken('')).toBeUndefined();
  });

  const CHANGES = {
    'is disabled': `UPDATE clients SET disabled_at = now() WHERE id = $1`,
    'is deleted': `DELETE FROM clients WHERE id = $1`,
    'has another secret': `UPDATE clients SET secret_hash = secret_hash || 'x' WHERE id = $1`,
    'has fewer scopes': `UPDATE clients SET scopes = '{twins.read}' WHERE id = $1`,
    'has other keys': `UPDATE clients SET jwks = '{"keys":[]}' WHERE id = $1`,
  };
  /** Answers how long the client's watchers and its token outlived a change, ms; -1 when they ended before it. */
  async function outlived(change: string): Promise<number> {
    const id = `client-${crypto.randomUUID()}`;
    const secretHash = await hashSecret('a-secret');
    await runtime.clients.put({ tenant: 'north', id, secretHash, jwks: null, scopes: ['twins.read', 'alerts.read'] });
    const issued = await runtime.token({
      grant_type: 'client_credentials',
      client_id: id,
      client_secret: 'a-secret',
    });
    const held = (issued.body as { access_token: string }).access_token;
    const probe = async (): Promise<number> =>
      (await runtime.call('/v1/probe', { headers: { authorization: `Bearer ${held}` } })).status;
    expect(await probe()).toBe(200);
    const { tokens } = runtime.platform;
    const byToken = await tokens.verifyToken(held);
    const bySecret = await tokens.verifyClientSecret(id, 'a-secret');
    const ends = [byToken, bySecret].map(
      (access) => new Promise((done) => tokens.watch(access ?? (undefined as never), done)),
    );
    const stay = new Promise((done) => setTimeout(() => done('stays'), 2_500));
    if ((await Promise.race([...ends, stay])) !== 'stays') return -1;
    const from = Date.now();
    await runtime.platform.pool.query(change, [id]);
    expect(await Promise.all(ends)).toEqual(['revoked', 'revoked']);
    expect(await probe()).toBe(401);
    return Date.now() - from;
  }

  it('ends what outlives requests, and tokens, at most 5 s after a change of the client, of whatever kind', async () => {
    const ended = await Promise.all(
      Object.entries(CHANGES).map(async ([name, change]) => [name, await outlived(change)] as const),
    );
    for (const [name, ms] of ended) {
      expect([name, ms >= 0]).toEqual([name, true]);
      expect([name, ms < 5_000]).toEqual([name, true]);
    }
  }, 20_000);

  it('ends what outlives requests when the token expires', async () => {
    const access = await runtime.platform.tokens.verifyClientSecret('admin', 'admin-secret');
    const ended = new Promise((done) => {
      runtime.platform.tokens.watch({ ...access!, expiresAt: Date.now() + 300 }, done);
    });
    expect(await ended).toBe('expired');
  });

  it('goes on with tokens of a version that did not note what the client was, while it is enabled', async () => {
    const { grant, ...older } = (await runtime.platform.tokens.verifyClientSecret('admin', 'admin-secret'))!;
    expect(grant).toHaveLength(22);
    const { token: held } = await runtime.platform.tokens.issue(older);
    expect(await runtime.platform.tokens.verifyToken(held)).toMatchObject({ client: 'admin' });
  });

  it('lets another process check our tokens, and makes the bootstrap client again without harm', async () => {
    const { authorization } = await runtime.bearer();
    const [one, two] = await Promise.all([
      createPlatform(runtime.platform.config, { logger: runtime.platform.logger }),
      createPlatform(runtime.platform.config, { logger: runtime.platform.logger }),
    ]);
    expect(await one.tokens.verifyToken(authorization.slice(7))).toMatchObject({ client: 'admin' });
    expect(await two.tokens.verifyToken(authorization.slice(7))).toMatchObject({ client: 'admin' });
    await Promise.all([one.close(), two.close()]);
  });
});
