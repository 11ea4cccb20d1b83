import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { base64url, type JWTPayload } from 'jose';
import { readConfig } from '#libs/platform/config';
import { bootstrap, type RunningServer } from '#libs/platform/http';
import { ClientStore } from '#libs/platform/storage';
import { createLogger } from '#libs/platform/telemetry';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { KeyServer, makeKey, signed, type TestKey } from '../../../../test/support/sign-in/key-server.js';
import { createPlatform, type Platform } from './index.js';

const AUDIENCE = 'https://homeostat.example/oauth/token';

describe('clients whose keys are at a URL', () => {
  let database: TestDatabase;
  let platform: Platform;
  let server: RunningServer;
  let es: TestKey;
  let rs: TestKey;
  const servers: KeyServer[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    const config = readConfig({
      PORT: '0',
      DATABASE_URL: database.url,
      PUBLIC_URL: 'https://homeostat.example',
      JWKS_ALLOWED_HOSTS: '127.0.0.1',
      RATE_LIMIT_LOGIN: '0',
      RATE_LIMIT_LOGIN_ADDRESS: '0',
      BOOTSTRAP_TENANT: 'north',
      BOOTSTRAP_CLIENT_ID: 'admin',
      BOOTSTRAP_CLIENT_SECRET: 'admin-secret',
    });
    platform = await createPlatform(config, { logger: createLogger({ level: 'silent', role: 'test' }) });
    server = await bootstrap([], platform);
    es = await makeKey('es');
    rs = await makeKey('rs', 'RS384');
  }, 60_000);

  afterAll(async () => {
    await Promise.all(servers.map((one) => one.stop()));
    await server?.close();
    await platform?.close();
    await database?.drop();
  });

  let made = 0;
  /** A client whose keys are at the URL. */
  async function client(jwksUri: string): Promise<string> {
    const id = `client-${(made += 1)}`;
    const { tenant } = (await new ClientStore(platform.pool).find('admin')) as { tenant: { key: number } };
    await platform.pool.query(`INSERT INTO clients (tenant, id, jwks_uri, scopes) VALUES ($1, $2, $3, $4)`, [
      tenant.key,
      id,
      jwksUri,
      ['system/*.rs'],
    ]);
    return id;
  }

  async function published(...keys: readonly TestKey[]): Promise<KeyServer> {
    const one = await KeyServer.start(...keys);
    servers.push(one);
    return one;
  }

  function claimsOf(id: string, more: JWTPayload = {}): JWTPayload {
    const exp = Math.floor(Date.now() / 1000) + 120;
    return { iss: id, sub: id, aud: AUDIENCE, jti: crypto.randomUUID(), exp, ...more };
  }

  async function token(assertion: string): Promise<{ status: number; body: { error_description?: string } }> {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    });
    const answer = await fetch(`${server.url}/oauth/token`, { method: 'POST', body });
    return { status: answer.status, body: (await answer.json()) as { error_description?: string } };
  }

  async function login(id: string, key: TestKey): Promise<number> {
    return (await token(await signed(claimsOf(id), key))).status;
  }

  it('are asked for once, and both algorithms are taken', async () => {
    const keys = await published(es, rs);
    const id = await client(keys.url);
    expect(await Promise.all([login(id, es), login(id, rs), login(id, es)])).toEqual([200, 200, 200]);
    expect(await login(id, es)).toBe(200);
    expect(keys.requests).toBe(1);
  });

  it('are asked for again when a key id is unknown, at most every few seconds', async () => {
    const keys = await published(es);
    const id = await client(keys.url);
    expect(await login(id, es)).toBe(200);
    const next = await makeKey('next');
    keys.keys = [es, next];
    expect(await login(id, next)).toBe(401);
    await new Promise((resolve) => setTimeout(resolve, 3_100));
    expect(await login(id, next)).toBe(200);
    const unknown = await makeKey('unknown');
    expect(await Promise.all(Array.from({ length: 20 }, () => login(id, unknown)))).toEqual(Array(20).fill(401));
    expect(keys.requests).toBe(2);
    expect(await login(id, es)).toBe(200);
  });

  it('delay nobody else while their server hangs, and end all the same', async () => {
    const hanging = await published();
    hanging.answer = () => undefined;
    const trickling = await published();
    trickling.answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 100);
      response.on('close', () => clearInterval(timer));
    };
    const keys = await published(es);
    const [slow, slower, good] = [await client(hanging.url), await client(trickling.url), await client(keys.url)];
    let ended = 0;
    const waiting = Promise.all([slow, slow, slower, slower].map((id) => login(id, es).finally(() => (ended += 1))));
    expect(await login(good, es)).toBe(200);
    expect(ended).toBe(0);
    expect(await waiting).toEqual([401, 401, 401, 401]);
    expect([hanging.requests, trickling.requests]).toEqual([1, 1]);
  });

  it.each<[string, (keys: KeyServer) => KeyServer['answer']]>([
    ['redirects', () => (_, response) => response.writeHead(302, { location: '/jwks.json' }).end()],
    [
      'are huge',
      (keys) => (_, response) => keys.send(response, { keys: [es.publicJwk], padding: 'x'.repeat(200_001) }),
    ],
    ['never end', () => (_, response) => void flood(response)],
    ['have the wrong type', (keys) => (_, response) => keys.send(response, { keys: [es.publicJwk] }, 'text/html')],
    ['are no JSON', (keys) => (_, response) => keys.send(response, 'keys')],
    ['are no key set', (keys) => (_, response) => keys.send(response, [es.publicJwk])],
    ['are empty', (keys) => (_, response) => keys.send(response, { keys: [] })],
    ['answer an error', () => (_, response) => response.writeHead(500).end()],
    ['hang up', () => (request) => request.socket.destroy()],
    [
      'are symmetric',
      (keys) => (_, response) =>
        keys.send(response, { keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: 'es', alg: 'HS256' }] }),
    ],
    [
      'are no point of the curve',
      (keys) => (_, response) => keys.send(response, { keys: [{ ...es.publicJwk, y: es.publicJwk.x }] }),
    ],
    [
      'are short RSA keys',
      (keys) => (_, response) =>
        keys.send(response, {
          keys: [{ kty: 'RSA', kid: 'es', n: base64url.encode(new Uint8Array(64).fill(255)), e: 'AQAB' }],
        }),
    ],
  ])('are refused when they %s', async (_, answer) => {
    const keys = await published();
    const id = await client(keys.url);
    keys.answer = answer(keys);
    const reply = await token(await signed(claimsOf(id), es));
    expect([reply.status, reply.body]).toMatchObject([401, { error: 'invalid_client' }]);
    expect(keys.requests).toBe(1);
  });

  it('are refused where the host is private and not allowed', async () => {
    const keys = await published(es);
    for (const url of [
      keys.url.replace('127.0.0.1', 'localhost'),
      'https://10.0.0.1/jwks',
      'http://example.org/jwks',
    ]) {
      const reply = await token(await signed(claimsOf(await client(url)), es));
      expect([reply.status, reply.body.error_description]).toEqual([
        401,
        expect.stringContaining('JWKS_ALLOWED_HOSTS'),
      ]);
    }
    expect(keys.requests).toBe(0);
  });

  it('check nothing that is signed otherwise', async () => {
    const keys = await published(es);
    const id = await client(keys.url);
    const encode = (value: object): string => base64url.encode(JSON.stringify(value));
    const claims = claimsOf(id);
    const none = `${encode({ alg: 'none', kid: 'es' })}.${encode(claims)}.`;
    const symmetric = `${encode({ alg: 'HS256', kid: 'es' })}.${encode(claims)}.${'A'.repeat(43)}`;
    const noHeader = `${base64url.encode('nothing')}.${encode(claims)}.AAAA`;
    for (const assertion of [none, symmetric, noHeader]) expect((await token(assertion)).status).toBe(401);
    expect(keys.requests).toBe(0);
    expect((await token(await signed(claims, es, { jku: 'https://elsewhere.example/jwks' }))).status).toBe(401);
    expect((await token(await signed(claims, es, { jku: keys.url }))).status).toBe(200);
  });

  it.each([
    ['lives longer than five minutes', () => ({ exp: Math.floor(Date.now() / 1000) + 320 })],
    ['has expired', () => ({ exp: Math.floor(Date.now() / 1000) - 20 })],
    ['is for another server', () => ({ aud: 'https://elsewhere.example/oauth/token' })],
    ['has no jti', () => ({ jti: undefined })],
    ['is of another subject', () => ({ sub: 'admin' })],
  ])('check an assertion that %s: refused', async (_, more) => {
    const id = await client((await published(es)).url);
    expect((await token(await signed(claimsOf(id, more() as JWTPayload), es))).status).toBe(401);
  });

  it('check an assertion once', async () => {
    const id = await client((await published(es)).url);
    const assertion = await signed(claimsOf(id), es);
    const statuses = await Promise.all([token(assertion), token(assertion), token(assertion)]);
    expect(statuses.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

async function flood(response: import('node:http').ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  const chunk = ' '.repeat(65_536);
  while (!response.destroyed) {
    // Looked at again and again: whoever closes the connection ends it.
    if (!response.write(chunk)) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
