import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { Authenticated, hashSecret, RateLimitedError, RateLimits } from '#libs/platform/auth';
import { readConfig } from '#libs/platform/config';
import { BodyAs, bootstrap, type RunningServer } from '#libs/platform/http';
import { ClientStore, connectRedis } from '#libs/platform/storage';
import { createLogger } from '#libs/platform/telemetry';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { createPlatform, type Platform } from './index.js';

@Authenticated()
@Controller()
class ProbeRoutes {
  @Get('v1/probe')
  probe(): object {
    return {};
  }

  @Post('fhir/r4')
  @BodyAs({ as: 'text' })
  bundle(@Body() _text: string): object {
    return {};
  }
}

@Module({ controllers: [ProbeRoutes] })
class ProbeModule {}

const NORTH = { tenant: { id: 'north', key: 1 }, client: 'a' };
/** Of ten seconds: 10 requests of a client, 20 of a tenant. */
const LIMITS = { ...readConfig({}).limits, clientPerSecond: 1, tenantPerSecond: 2 };

async function refusedOf(work: () => Promise<unknown>, times: number): Promise<number> {
  const all = await Promise.allSettled(Array.from({ length: times }, work));
  const refused = all.filter((one) => one.status === 'rejected');
  for (const { reason } of refused) expect(reason).toBeInstanceOf(RateLimitedError);
  return refused.length;
}

describe('rate limits', () => {
  const url = process.env['REDIS_URL'] as string;
  const prefix = `${process.pid}-${Date.now()}`;

  it('are shared by the processes that share a Redis', async () => {
    const connections = [connectRedis(url), connectRedis(url)];
    await Promise.all(connections.map((redis) => new Promise((ready) => redis.once('ready', ready))));
    const [one, two] = connections.map((redis) => new RateLimits(LIMITS, { redis })) as [RateLimits, RateLimits];
    // A tenant of its own: other suites count requests of the first one in this Redis.
    const access = { tenant: { id: 'shared', key: Date.now() }, client: `shared-${prefix}` };
    // Each takes less than the limit of ten; together they are over it as soon as both counts are in.
    const taken = await Promise.all([one, two].map((limits) => refusedOf(() => limits.request(access), 7)));
    expect(taken).toEqual([0, 0]);
    await new Promise((resolve) => setTimeout(resolve, 400));
    const after = await Promise.all([one, two].map((limits) => refusedOf(() => limits.request(access), 1)));
    expect(Math.max(...after)).toBe(1);
    expect(await refusedOf(() => one.request({ ...access, client: `other-${prefix}` }), 3)).toBe(0);
    for (const limits of [one, two]) await refusedOf(() => limits.attempt(`address-${prefix}`, 'a'), 60);
    expect(await refusedOf(() => two.attempt(`address-${prefix}`, 'a'), 1)).toBe(1);
    for (const redis of connections) redis.disconnect();
  });

  it('are counted in the process while Redis is away', async () => {
    const redis = connectRedis('redis://127.0.0.1:1');
    const limits = new RateLimits(LIMITS, { redis });
    expect(await refusedOf(() => limits.request(NORTH), 15)).toBe(5);
    redis.disconnect();
  });

  it('of a tenant do not count what one of its clients is refused', async () => {
    const limits = new RateLimits(LIMITS);
    expect(await refusedOf(() => limits.request(NORTH), 1_000)).toBe(990);
    expect(await refusedOf(() => limits.request({ ...NORTH, client: 'b' }), 10)).toBe(0);
    expect(await refusedOf(() => limits.request({ ...NORTH, client: 'c' }), 1)).toBe(1);
  });

  it('are none where they are 0', async () => {
    const limits = new RateLimits({ ...LIMITS, clientPerSecond: 0, tenantPerSecond: 0 });
    expect(await refusedOf(() => limits.request(NORTH), 1_000)).toBe(0);
  });

  it('on logins hold for an address: a client is not locked out from elsewhere', async () => {
    const limits = new RateLimits({ ...LIMITS, loginPerSecond: 1, addressLoginsPerSecond: 2 });
    expect(await refusedOf(() => limits.attempt('10.0.0.1', 'admin'), 15)).toBe(5);
    await expect(limits.attempt('10.0.0.2', 'admin')).resolves.toBeUndefined();
    // Names that are made up share the address's own limit.
    let name = 0;
    expect(await refusedOf(() => limits.attempt('10.0.0.3', `made-up-${++name}`), 30)).toBe(10);
  });
});

describe('an HTTP server with limits', () => {
  let secretHash: string;
  let database: TestDatabase;
  let platform: Platform;
  let server: RunningServer;

  beforeAll(async () => {
    secretHash = await hashSecret('secret-secret');
  });
  beforeEach(async () => {
    database = await createTestDatabase();
    const config = readConfig({
      PORT: '0',
      DATABASE_URL: database.url,
      RATE_LIMIT_CLIENT: '2',
      RATE_LIMIT_TENANT: '3',
      RATE_LIMIT_LOGIN: '1',
    });
    platform = await createPlatform(config, { logger: createLogger({ level: 'silent', role: 'test' }) });
    const clients = new ClientStore(platform.pool);
    for (const [tenant, id] of [
      ['north', 'n1'],
      ['north', 'n2'],
      ['south', 's1'],
    ] as const)
      await clients.put({ tenant, id, secretHash, jwks: null, scopes: ['twins.read'] });
    server = await bootstrap([ProbeModule], platform);
  }, 60_000);
  afterEach(async () => {
    await server.close();
    await platform.close();
    await database.drop();
  });

  function login(id: string, secret = 'secret-secret'): Promise<Response> {
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret });
    return fetch(`${server.url}/oauth/token`, { method: 'POST', body });
  }

  async function bearer(id: string): Promise<string> {
    const { access_token: token } = (await (await login(id)).json()) as { access_token: string };
    return `Bearer ${token}`;
  }

  async function get(path: string, authorization: string, times: number): Promise<readonly Response[]> {
    return Promise.all(Array.from({ length: times }, () => fetch(server.url + path, { headers: { authorization } })));
  }

  const ok = (answers: readonly Response[]) => answers.filter(({ status }) => status === 200).length;

  it('answers 429 with Retry-After to what is over a limit, while others are served', async () => {
    const [n1, n2, s1] = [await bearer('n1'), await bearer('n2'), await bearer('s1')];
    const answers = await get('/v1/probe', n1, 25);
    expect(ok(answers)).toBe(20);
    const refused = answers.find(({ status }) => status === 429) as Response;
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(10);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(await refused.json()).toMatchObject({ status: 429, code: 'rate-limited' });
    // The tenant takes ten more, from whomever; the other tenant is not touched by any of it.
    expect(ok(await get('/v1/probe', n2, 15))).toBe(10);
    expect(ok(await get('/v1/probe', s1, 20))).toBe(20);
    expect((await platform.metrics.render()).body).toMatch(/homeostat_rate_limited_total\{limit="tenant"\} 5/);
  });

  it('answers with an OperationOutcome on FHIR paths, before it reads the body', async () => {
    const authorization = await bearer('n1');
    await get('/v1/probe', authorization, 20);
    const headers = { authorization, 'content-type': 'application/fhir+json' };
    const answer = await fetch(`${server.url}/fhir/r4`, { method: 'POST', headers, body: 'x'.repeat(100_000) });
    expect([answer.status, answer.headers.has('retry-after')]).toEqual([429, true]);
    expect(await answer.json()).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code: 'throttled' }] });
  });

  it('refuses logins over the limit before a secret is hashed', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => login('n1', `wrong-secret-${i}`)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    const refused = answers.find(({ status }) => status === 429) as Response;
    expect(refused.headers.has('retry-after')).toBe(true);
    expect(await refused.json()).toMatchObject({ error: 'temporarily_unavailable' });
    expect((await login('s1')).status).toBe(200);
  });
});
