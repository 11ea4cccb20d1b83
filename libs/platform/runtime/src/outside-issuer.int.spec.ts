import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { base64url, type JWTPayload } from 'jose';
import { ALL_SCOPES, Caller, hashSecret, RequireScope, type Access } from '#libs/platform/auth';
import { readConfig } from '#libs/platform/config';
import { bootstrap, type RunningServer } from '#libs/platform/http';
import { ClientStore } from '#libs/platform/storage';
import { createLogger } from '#libs/platform/telemetry';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { KeyServer, makeKey, signed, type TestKey } from '../../../../test/support/sign-in/key-server.js';
import { createPlatform, type Platform } from './index.js';

@Controller()
class ProbeRoutes {
  @Get('v1/probe')
  @RequireScope('twins.read')
  probe(@Caller() caller: Access): Access {
    return caller;
  }
}

@Module({ controllers: [ProbeRoutes] })
class ProbeModule {}

const AUDIENCE = 'https://homeostat.example';

/** An issuer with discovery and keys; its tokens are made by the tests. */
async function startIssuer(...keys: readonly TestKey[]): Promise<KeyServer> {
  const issuer = await KeyServer.start(...keys);
  issuer.answer = (request, response) => {
    const isDiscovery = request.url === '/.well-known/openid-configuration';
    const published = { keys: issuer.keys.map(({ publicJwk }) => publicJwk) };
    issuer.send(response, isDiscovery ? { issuer: issuer.origin, jwks_uri: issuer.url } : published);
  };
  return issuer;
}

describe('tokens of an outside issuer', () => {
  let database: TestDatabase;
  let issuer: KeyServer;
  let platform: Platform;
  let server: RunningServer;
  let key: TestKey;

  async function open(env: Record<string, string>): Promise<{ platform: Platform; server: RunningServer }> {
    const config = readConfig({ PORT: '0', DATABASE_URL: database.url, RATE_LIMIT_LOGIN: '0', ...env });
    const opened = await createPlatform(config, { logger: createLogger({ level: 'silent', role: 'test' }) });
    return { platform: opened, server: await bootstrap([ProbeModule], opened) };
  }

  beforeAll(async () => {
    database = await createTestDatabase();
    key = await makeKey('first', 'RS256');
    issuer = await startIssuer(key);
    ({ platform, server } = await open({ OIDC_ISSUER: issuer.origin, OIDC_AUDIENCE: AUDIENCE, OIDC_TENANT: 'north' }));
    const clients = new ClientStore(platform.pool);
    for (const tenant of ['north', 'south'])
      await clients.put({
        tenant,
        id: `${tenant}-ehr`,
        secretHash: await hashSecret('secret'),
        jwks: null,
        scopes: ALL_SCOPES,
      });
  }, 60_000);

  afterAll(async () => {
    await issuer?.stop();
    await server?.close();
    await platform?.close();
    await database?.drop();
  });

  function claimsOf(more: Record<string, unknown> = {}): JWTPayload {
    const exp = Math.floor(Date.now() / 1000) + 600;
    return {
      iss: issuer.origin,
      aud: AUDIENCE,
      sub: 'service',
      client_id: 'ehr',
      scope: 'openid twins.read',
      exp,
      ...more,
    };
  }
  async function probe(
    token: string,
    on = server,
  ): Promise<{ status: number; body: Partial<Access> & { code?: string } }> {
    const answer = await fetch(`${on.url}/v1/probe`, { headers: { authorization: `Bearer ${token}` } });
    return { status: answer.status, body: (await answer.json()) as Partial<Access> };
  }

  it('are taken, with the scopes that are ours, and a client that is none of ours', async () => {
    const answer = await probe(await signed(claimsOf({ tenant: 'south', fhirUser: 'Practitioner/7' }), key));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      tenant: { id: 'south', key: expect.any(Number) },
      client: 'oidc:ehr',
      scopes: ['twins.read'],
      issuer: issuer.origin,
      fhirUser: 'Practitioner/7',
    });
  });

  it.each<readonly [string, Record<string, unknown>, string]>([
    ['the configured tenant where they name none', {}, 'north'],
    ['scopes as a list', { scope: undefined, scp: ['twins.read', 'system/*.rs'] }, 'north'],
    ['scopes as a text', { scope: undefined, scp: 'twins.read' }, 'north'],
    ['several audiences', { aud: ['https://other.example', AUDIENCE] }, 'north'],
    ['no client id but a subject', { client_id: undefined }, 'north'],
  ])('may have %s', async (_, more, tenant) => {
    const answer = await probe(await signed(claimsOf(more), key));
    expect([answer.status, answer.body.tenant?.id]).toEqual([200, tenant]);
  });

  it('are taken beside our own tokens', async () => {
    const answer = await fetch(`${server.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'north-ehr', client_secret: 'secret' }),
    });
    const { access_token: own } = (await answer.json()) as { access_token: string };
    expect((await probe(own)).body).toMatchObject({ client: 'north-ehr' });
    const introspected = await fetch(`${server.url}/oauth/introspect`, {
      method: 'POST',
      headers: { authorization: `Bearer ${own}` },
      body: new URLSearchParams({ token: await signed(claimsOf(), key) }),
    });
    expect(await introspected.json()).toMatchObject({ active: true, client_id: 'oidc:ehr', iss: issuer.origin });
  });

  it.each<readonly [string, Record<string, unknown>, object]>([
    ['is for another service', { aud: 'https://other.example' }, {}],
    ['is for nobody', { aud: undefined }, {}],
    ['has expired', { exp: Math.floor(Date.now() / 1000) - 20 }, {}],
    ['never expires', { exp: undefined }, {}],
    ['is not valid yet', { nbf: Math.floor(Date.now() / 1000) + 60 }, {}],
    ['is of an unknown tenant', { tenant: 'nowhere' }, {}],
    ['names its tenant by a number', { tenant: 1 }, {}],
    ['has control characters', { client_id: 'a\0b' }, {}],
    ['names no client', { client_id: undefined, sub: undefined }, {}],
    ['is bound to a key of its sender', { cnf: { jkt: 'x' } }, {}],
    ['is no access token', {}, { typ: 'logout+jwt' }],
    ['is of another issuer', { iss: 'https://elsewhere.example' }, {}],
    ['says it is ours', { iss: 'homeostat' }, {}],
  ])('are refused when one %s', async (_, more, header) => {
    expect((await probe(await signed(claimsOf(more), key, header))).status).toBe(401);
  });

  it('are refused unsigned, and signed by anything else', async () => {
    const encode = (value: object): string => base64url.encode(JSON.stringify(value));
    const stranger = await makeKey('first', 'RS256');
    const symmetric = `${encode({ alg: 'HS256', kid: 'first' })}.${encode(claimsOf())}.${'A'.repeat(43)}`;
    const none = `${encode({ alg: 'none' })}.${encode(claimsOf())}.`;
    for (const token of [await signed(claimsOf(), stranger), symmetric, none])
      expect((await probe(token)).status).toBe(401);
  });

  it('need the scope like any other', async () => {
    expect((await probe(await signed(claimsOf({ scope: 'openid alerts.read everything' }), key))).status).toBe(403);
  });

  it('end with their expiry, also what outlives requests', async () => {
    const token = await signed(claimsOf(), key);
    const access = await platform.tokens.verifyToken(token);
    const ended = new Promise((done) => platform.tokens.watch({ ...access!, expiresAt: Date.now() + 200 }, done));
    expect(await ended).toBe('expired');
  });

  it('are checked by keys that were rotated since', async () => {
    const next = await makeKey('next', 'ES256');
    issuer.keys = [next];
    await new Promise((resolve) => setTimeout(resolve, 3_100));
    expect((await probe(await signed(claimsOf(), next))).status).toBe(200);
    // Of the key that is gone: a token seen before is accepted a minute longer, any other one is not.
    expect((await probe(await signed(claimsOf({ jti: 'new' }), key))).status).toBe(401);
    issuer.keys = [key, next];
  });

  it.each<[string, (one: KeyServer) => KeyServer['answer']]>([
    ['is away', () => (request) => request.socket.destroy()],
    [
      'describes another issuer',
      (one) => (_, response) => one.send(response, { issuer: 'https://x.example', jwks_uri: one.url }),
    ],
    [
      'has its keys at a private address elsewhere',
      (one) => (_, response) => one.send(response, { issuer: one.origin, jwks_uri: 'http://10.0.0.1/jwks' }),
    ],
  ])('are answered 503 while the issuer %s; our own go on', async (_, answer) => {
    const other = await startIssuer(key);
    other.answer = answer(other);
    const opened = await open({ OIDC_ISSUER: other.origin, OIDC_AUDIENCE: AUDIENCE, OIDC_TENANT: 'north' });
    const reply = await probe(await signed(claimsOf({ iss: other.origin }), key), opened.server);
    expect([reply.status, reply.body.code]).toEqual([503, 'issuer-away']);
    const { token: own } = await opened.platform.tokens.issue({
      ...(await opened.platform.tokens.verifyClientSecret('north-ehr', 'secret'))!,
    });
    expect((await probe(own, opened.server)).status).toBe(200);
    await opened.server.close();
    await opened.platform.close();
    await other.stop();
  });
});
