import { connect } from 'node:net';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Body, Controller, Get, Module, Param, Post, Query } from '@nestjs/common';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { z } from 'zod';
import { LogFullError } from '#libs/platform/messaging';
import { ClientStore } from '#libs/platform/storage';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { ALL_SCOPES, Authenticated, Caller, hashSecret, Public, RequireScope, type Access } from '#libs/platform/auth';
import { readConfig } from '#libs/platform/config';
import { BodyAs, bootstrap, type RunningServer } from '#libs/platform/http';
import { createPlatform, type Platform } from './index.js';
import { createLogger } from '#libs/platform/telemetry';
import { OutcomeProblem } from '#libs/fhir-rest';

const Shape = z.strictObject({ n: z.number(), list: z.array(z.string()).optional() });
const Filter = z.strictObject({ limit: z.coerce.number().int().max(10).default(5) });

@Controller()
class ProbeRoutes {
  @Get('v1/probe')
  @RequireScope('twins.read')
  probe(@Caller() caller: Access): Access {
    return caller;
  }

  @Get('v1/undecorated')
  undecorated(): string {
    return 'must never be seen';
  }

  @Get('v1/filtered')
  @RequireScope('twins.read')
  filtered(@Query({ schema: Filter }) query: z.output<typeof Filter>): object {
    return query;
  }

  @Post('v1/shape')
  @RequireScope('twins.read')
  shape(@Body({ schema: Shape }) body: z.output<typeof Shape>): object {
    return body;
  }

  @Get('v1/boom')
  @RequireScope('twins.read')
  boom(): never {
    throw new Error('SELECT * FROM patients WHERE name = Jane Doe');
  }

  @Get('v1/full')
  @RequireScope('twins.read')
  full(): never {
    throw new LogFullError(3);
  }

  @Get('fhir/r4/:type')
  @RequireScope('system/{type}.rs')
  search(@Param('type') type: string): object {
    return { type };
  }

  @Post('fhir/r4')
  @Authenticated()
  @BodyAs({ as: 'text', maxBytes: 1_000 })
  bundle(@Body() text: string): string {
    return text;
  }

  @Get('fhir/r4/outcome/thrown')
  @Public()
  outcome(): never {
    throw new OutcomeProblem(422, {
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code: 'required' }],
    });
  }
}

@Module({ controllers: [ProbeRoutes] })
class ProbeModule {}

const PUBLIC_URL = 'https://homeostat.example';

describe('the runtime over real HTTP and Postgres', () => {
  let database: TestDatabase;
  let platform: Platform;
  let server: RunningServer;
  let clients: ClientStore;
  let keys: { privateKey: CryptoKey; publicKey: CryptoKey };
  let otherKeys: { privateKey: CryptoKey; publicKey: CryptoKey };
  const lines: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    const config = readConfig({
      PORT: '0',
      DATABASE_URL: database.url,
      PUBLIC_URL,
      // It logs in more often than clients do.
      RATE_LIMIT_LOGIN: '0',
      RATE_LIMIT_LOGIN_ADDRESS: '0',
      BOOTSTRAP_TENANT: 'north',
      BOOTSTRAP_CLIENT_ID: 'admin',
      BOOTSTRAP_CLIENT_SECRET: 'admin-secret',
    });
    const logger = createLogger({ level: 'info', role: 'test' }, { write: (line) => void lines.push(line) });
    platform = await createPlatform(config, { logger });
    clients = new ClientStore(platform.pool);
    keys = await generateKeyPair('ES384', { extractable: true });
    otherKeys = await generateKeyPair('ES384', { extractable: true });
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES384', use: 'sig' };
    await clients.put({ tenant: 'north', id: 'ehr', secretHash: null, jwks: { keys: [jwk] }, scopes: ['system/*.rs'] });
    const secretHash = await hashSecret('reader:s ecret+%');
    await clients.put({
      tenant: 'south',
      id: 'reader',
      secretHash,
      jwks: null,
      scopes: ['twins.read', 'system/Patient.r'],
    });
    server = await bootstrap([ProbeModule], platform);
  }, 60_000);

  afterAll(async () => {
    await server?.close();
    await platform?.close();
    await database?.drop();
  });

  async function call(
    path: string,
    init: RequestInit = {},
  ): Promise<{ status: number; type: string; body: unknown; headers: Headers }> {
    const answer = await fetch(server.url + path, init);
    const text = await answer.text();
    const type = answer.headers.get('content-type') ?? '';
    return {
      status: answer.status,
      type,
      headers: answer.headers,
      body: /json/.test(type) ? (JSON.parse(text) as unknown) : text,
    };
  }
  function token(fields: Record<string, string>, headers: Record<string, string> = {}): ReturnType<typeof call> {
    return call('/oauth/token', { method: 'POST', body: new URLSearchParams(fields), headers });
  }
  async function bearer(scope?: string): Promise<{ authorization: string }> {
    const answer = await token({
      grant_type: 'client_credentials',
      client_id: 'admin',
      client_secret: 'admin-secret',
      ...(scope === undefined ? {} : { scope }),
    });
    return { authorization: `Bearer ${(answer.body as { access_token: string }).access_token}` };
  }
  async function assertion(
    claims: Record<string, unknown> = {},
    key: CryptoKey = keys.privateKey,
  ): Promise<Record<string, string>> {
    const now = Math.floor(Date.now() / 1000);
    const jwt = await new SignJWT({
      iss: 'ehr',
      sub: 'ehr',
      aud: `${PUBLIC_URL}/oauth/token`,
      jti: crypto.randomUUID(),
      exp: now + 120,
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES384', kid: 'k1', typ: 'JWT' })
      .sign(key);
    return {
      grant_type: 'client_credentials',
      scope: 'system/*.rs',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: jwt,
    };
  }
  const basic = (id: string, secret: string): { authorization: string } => ({
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  });

  describe('POST /oauth/token', () => {
    it('takes a secret by HTTP Basic, form-encoded as RFC 6749 says', async () => {
      const answer = await token(
        { grant_type: 'client_credentials' },
        basic('reader', encodeURIComponent('reader:s ecret+%')),
      );
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.body).toEqual({
        access_token: expect.any(String),
        token_type: 'Bearer',
        expires_in: expect.any(Number),
        scope: 'twins.read system/Patient.r',
      });
    });

    it('takes a secret by form fields and narrows the scope', async () => {
      const answer = await token({
        grant_type: 'client_credentials',
        client_id: 'admin',
        client_secret: 'admin-secret',
        scope: 'twins.read',
      });
      expect(answer.body).toMatchObject({ scope: 'twins.read' });
    });

    it.each([
      [{}, {}, 400, 'invalid_request'],
      [{ grant_type: 'password' }, {}, 400, 'unsupported_grant_type'],
      [{ grant_type: 'client_credentials' }, {}, 401, 'invalid_client'],
      [{ grant_type: 'client_credentials', client_id: 'admin', client_secret: 'wrong' }, {}, 401, 'invalid_client'],
      [{ grant_type: 'client_credentials', client_id: 'nobody', client_secret: 'x' }, {}, 401, 'invalid_client'],
      [{ grant_type: 'client_credentials', client_id: 'ehr', client_secret: '' }, {}, 401, 'invalid_client'],
      [{ grant_type: 'client_credentials', client_id: "' OR 1=1 --", client_secret: 'x\0' }, {}, 401, 'invalid_client'],
      [{ grant_type: 'client_credentials' }, { authorization: 'Basic !!!' }, 401, 'invalid_client'],
      [
        { grant_type: 'client_credentials', client_id: 'admin', client_secret: 'admin-secret' },
        basic('admin', 'admin-secret'),
        400,
        'invalid_request',
      ],
      [{ grant_type: 'client_credentials', scope: 'everything' }, basic('admin', 'admin-secret'), 400, 'invalid_scope'],
      [
        { grant_type: 'client_credentials', scope: 'alerts.write' },
        basic('reader', encodeURIComponent('reader:s ecret+%')),
        400,
        'invalid_scope',
      ],
    ] as [Record<string, string>, Record<string, string>, number, string][])(
      '%j %j → %d %s',
      async (fields, headers, status, error) => {
        const answer = await token(fields, headers);
        expect([answer.status, (answer.body as { error: string }).error]).toEqual([status, error]);
      },
    );

    it('refuses a repeated field and another media type', async () => {
      const repeated = await call('/oauth/token', {
        method: 'POST',
        body: 'grant_type=a&grant_type=b',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      expect([repeated.status, repeated.body]).toMatchObject([400, { error: 'invalid_request' }]);
      const json = await call('/oauth/token', {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json' },
      });
      expect([json.status, json.body]).toMatchObject([400, { error: 'invalid_request' }]);
    });

    it('accepts a private_key_jwt assertion once only', async () => {
      const fields = await assertion();
      const first = await token(fields);
      expect([first.status, first.body]).toMatchObject([200, { scope: 'system/*.rs' }]);
      const again = await token(fields);
      expect([again.status, again.body]).toMatchObject([401, { error: 'invalid_client' }]);
    });

    it.each([
      ['a strange audience', { aud: 'https://elsewhere.example/token' }],
      ['the audience that Host names', { aud: 'http://127.0.0.1/oauth/token' }],
      ['a life of an hour', { exp: Math.floor(Date.now() / 1000) + 3600 }],
      ['an expired one', { exp: Math.floor(Date.now() / 1000) - 60 }],
      ['no jti', { jti: undefined }],
      ['another subject', { sub: 'admin' }],
      ['an unknown client', { iss: 'nobody', sub: 'nobody' }],
      ['a client without keys', { iss: 'admin', sub: 'admin' }],
    ])('refuses an assertion with %s', async (_, claims) => {
      const answer = await token(await assertion(claims));
      expect([answer.status, answer.body]).toMatchObject([401, { error: 'invalid_client' }]);
    });

    it('refuses an assertion signed with another key, or not a JWT at all', async () => {
      expect((await token(await assertion({}, otherKeys.privateKey))).status).toBe(401);
      expect((await token({ ...(await assertion()), client_assertion: 'a.b.c' })).status).toBe(401);
      expect((await token({ ...(await assertion()), client_assertion_type: 'saml' })).status).toBe(400);
    });

    it.each([['Host of the server'], ['Host of the audience'], ['forwarded host']])(
      'takes no assertion where the own address is not configured, whatever the request says: %s',
      async (way) => {
        const config = readConfig({ PORT: '0', DATABASE_URL: database.url });
        const bare = await createPlatform(config, { logger: platform.logger });
        const probe = await bootstrap([ProbeModule], bare);
        try {
          const elsewhere = 'other.example';
          const aud = way === 'Host of the server' ? probe.url : `http://${elsewhere}`;
          const fields = await assertion({ aud: `${aud}/oauth/token` });
          const headers =
            way === 'Host of the server'
              ? {}
              : way === 'forwarded host'
                ? { 'x-forwarded-host': elsewhere }
                : { host: elsewhere };
          const answer = await probe.app.inject({
            method: 'POST',
            url: '/oauth/token',
            headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
            payload: new URLSearchParams(fields).toString(),
          });
          expect([answer.statusCode, answer.json()]).toMatchObject([
            401,
            { error: 'invalid_client', error_description: expect.stringContaining('PUBLIC_URL') },
          ]);
          const described = (await fetch(`${probe.url}/fhir/r4/.well-known/smart-configuration`)).text();
          expect(await described).not.toMatch(/private_key_jwt|asymmetric|signing_alg/);
        } finally {
          await probe.close();
          await bare.close();
        }
      },
    );

    it('is described at .well-known/smart-configuration', async () => {
      const answer = await call('/fhir/r4/.well-known/smart-configuration');
      expect(answer.body).toMatchObject({
        token_endpoint: `${PUBLIC_URL}/oauth/token`,
        introspection_endpoint: `${PUBLIC_URL}/oauth/introspect`,
        revocation_endpoint: `${PUBLIC_URL}/oauth/revoke`,
        grant_types_supported: ['client_credentials'],
        token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic', 'client_secret_post'],
        token_endpoint_auth_signing_alg_values_supported: ['ES384', 'RS384'],
        scopes_supported: expect.arrayContaining(['system/*.cruds', 'system/*.read', 'clients.write']),
        capabilities: expect.arrayContaining(['client-confidential-asymmetric', 'permission-v2', 'permission-v1']),
      });
    });

    it('answers a hundred logins of one client quickly', async () => {
      await bearer();
      const from = performance.now();
      const answers = await Promise.all(Array.from({ length: 100 }, () => bearer()));
      expect(answers).toHaveLength(100);
      expect(performance.now() - from).toBeLessThan(2_000);
    });
  });

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
      const closed = server.routes.filter((route) => !open.has(route));
      expect(closed.length).toBeGreaterThan(5);
      for (const route of closed) {
        const [method = '', path = ''] = route.split(' ');
        const answer = await call(path.replaceAll(/:\w+/g, 'Patient'), { method });
        expect([route, answer.status]).toEqual([route, 401]);
        expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
      }
    });

    it('denies a route that says nothing, whoever asks', async () => {
      const answer = await call('/v1/undecorated', { headers: await bearer() });
      expect([answer.status, answer.body]).toMatchObject([403, { code: 'forbidden' }]);
    });

    it('takes the tenant from the token', async () => {
      const answer = await call('/v1/probe?tenant=south', { headers: { ...(await bearer()), 'x-tenant': 'south' } });
      expect(answer.body).toMatchObject({ tenant: { id: 'north' }, client: 'admin', scopes: ALL_SCOPES });
    });

    it('asks for the scope of the route and the verb', async () => {
      const answer = await call('/v1/probe', { headers: await bearer('alerts.read') });
      expect([answer.status, answer.body]).toMatchObject([403, { code: 'insufficient-scope' }]);
      expect(answer.headers.get('www-authenticate')).toContain('scope="twins.read"');
      const patient = await bearer('system/Patient.rs');
      expect((await call('/fhir/r4/Patient', { headers: patient })).status).toBe(200);
      const other = await call('/fhir/r4/Observation', { headers: patient });
      expect([other.status, other.type]).toEqual([403, 'application/fhir+json; charset=utf-8']);
      expect((await call('/fhir/r4/a%27b', { headers: patient })).status).toBe(403);
    });

    it('refuses altered, foreign and malformed tokens', async () => {
      const { authorization } = await bearer();
      const [head = '', payload = '', signature = ''] = authorization.slice(7).split('.');
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
      const forged = Buffer.from(JSON.stringify({ ...claims, tenant_key: 2 })).toString('base64url');
      const none = Buffer.from('{"alg":"none"}').toString('base64url');
      for (const wrong of [`${head}.${forged}.${signature}`, `${none}.${payload}.`, 'x', `${head}.${payload}`]) {
        const answer = await call('/v1/probe', { headers: { authorization: `Bearer ${wrong}` } });
        expect(answer.status).toBe(401);
      }
      expect(
        (await call('/v1/probe', { headers: { authorization: authorization.replace('Bearer', 'Basic') } })).status,
      ).toBe(401);
    });

    it('knows the token of a rehearsal of its own routes while that runs, and of nobody', async () => {
      let known = '';
      await platform.tokens.rehearse(['twins.read'], async (token) => {
        known = token;
        expect(await platform.tokens.verifyToken(token)).toMatchObject({ tenant: { key: 0 }, scopes: ['twins.read'] });
        expect(await platform.tokens.verifyToken(`${token}x`)).toBeUndefined();
      });
      expect(await platform.tokens.verifyToken(known)).toBeUndefined();
    });

    it('checks MQTT credentials the same way', async () => {
      const { tokens } = platform;
      expect(await tokens.verifyClientSecret('admin', 'admin-secret')).toMatchObject({ tenant: { id: 'north' } });
      expect(await tokens.verifyClientSecret('admin', 'wrong')).toBeUndefined();
      const { authorization } = await bearer('samples.write');
      expect(await tokens.verifyToken(authorization.slice(7))).toMatchObject({
        client: 'admin',
        scopes: ['samples.write'],
      });
      expect(await tokens.verifyToken('')).toBeUndefined();
    });

    const CHANGES: readonly (readonly [string, string])[] = [
      ['is disabled', `UPDATE clients SET disabled_at = now() WHERE id = $1`],
      ['is deleted', `DELETE FROM clients WHERE id = $1`],
      ['has another secret', `UPDATE clients SET secret_hash = secret_hash || 'x' WHERE id = $1`],
      ['has fewer scopes', `UPDATE clients SET scopes = '{twins.read}' WHERE id = $1`],
      ['has other keys', `UPDATE clients SET jwks = '{"keys":[]}' WHERE id = $1`],
    ];
    it.each(CHANGES)(
      'ends what outlives requests, and tokens, at most 5 s after the client %s',
      async (_, change) => {
        const id = `client-${crypto.randomUUID()}`;
        const secretHash = await hashSecret('a-secret');
        await clients.put({ tenant: 'north', id, secretHash, jwks: null, scopes: ['twins.read', 'alerts.read'] });
        const issued = await token({ grant_type: 'client_credentials', client_id: id, client_secret: 'a-secret' });
        const held = (issued.body as { access_token: string }).access_token;
        const probe = async (): Promise<number> =>
          (await call('/v1/probe', { headers: { authorization: `Bearer ${held}` } })).status;
        expect(await probe()).toBe(200);
        const { tokens } = platform;
        const byToken = await tokens.verifyToken(held);
        const bySecret = await tokens.verifyClientSecret(id, 'a-secret');
        const ends = [byToken, bySecret].map(
          (access) => new Promise((done) => tokens.watch(access ?? (undefined as never), done)),
        );
        const stay = new Promise((done) => setTimeout(() => done('stays'), 2_500));
        expect(await Promise.race([...ends, stay])).toBe('stays');
        const from = Date.now();
        await platform.pool.query(change, [id]);
        expect(await Promise.all(ends)).toEqual(['revoked', 'revoked']);
        expect(await probe()).toBe(401);
        expect(Date.now() - from).toBeLessThan(5_000);
      },
      20_000,
    );

    it('ends what outlives requests when the token expires', async () => {
      const access = await platform.tokens.verifyClientSecret('admin', 'admin-secret');
      const ended = new Promise((done) => {
        platform.tokens.watch({ ...access!, expiresAt: Date.now() + 300 }, done);
      });
      expect(await ended).toBe('expired');
    });

    it('goes on with tokens of a version that did not note what the client was, while it is enabled', async () => {
      const { grant, ...older } = (await platform.tokens.verifyClientSecret('admin', 'admin-secret'))!;
      expect(grant).toHaveLength(22);
      const { token: held } = await platform.tokens.issue(older);
      expect(await platform.tokens.verifyToken(held)).toMatchObject({ client: 'admin' });
    });

    it('lets another process check our tokens, and makes the bootstrap client again without harm', async () => {
      const { authorization } = await bearer();
      const [one, two] = await Promise.all([
        createPlatform(platform.config, { logger: platform.logger }),
        createPlatform(platform.config, { logger: platform.logger }),
      ]);
      expect(await one.tokens.verifyToken(authorization.slice(7))).toMatchObject({ client: 'admin' });
      expect(await two.tokens.verifyToken(authorization.slice(7))).toMatchObject({ client: 'admin' });
      await Promise.all([one.close(), two.close()]);
    });
  });

  describe('bodies and errors', () => {
    const json = async (
      body: string | Uint8Array,
      more: Record<string, string> = {},
      path = '/v1/shape',
    ): ReturnType<typeof call> =>
      call(path, {
        method: 'POST',
        body,
        headers: { ...(await bearer()), 'content-type': 'application/json', ...more },
      });

    it('checks bodies and queries against their schemas, with JSON pointers', async () => {
      const wrong = await json('{"n":"x","list":["a",1],"more":true}');
      expect([wrong.status, wrong.type]).toEqual([400, 'application/problem+json; charset=utf-8']);
      expect(wrong.body).toMatchObject({
        type: 'about:blank',
        title: 'Bad Request',
        status: 400,
        code: 'invalid',
        detail: expect.any(String),
      });
      const pointers = (wrong.body as { errors: { pointer: string }[] }).errors.map((error) => error.pointer);
      expect(pointers).toEqual(expect.arrayContaining(['/n', '/list/1']));
      const query = await call('/v1/filtered?limit=11', { headers: await bearer() });
      expect([query.status, query.body]).toMatchObject([400, { errors: [{ pointer: '/limit' }] }]);
      expect((await call('/v1/filtered', { headers: await bearer() })).body).toEqual({ limit: 5 });
    });

    it.each([
      ['malformed', '{"n":', {}, 400, 'json-invalid'],
      ['empty', '', {}, 400, 'json-invalid'],
      ['nested 10,000 deep', '['.repeat(10_000), {}, 400, 'json-too-deep'],
      ['not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), {}, 400, 'utf8-invalid'],
      ['another media type', 'n=1', { 'content-type': 'text/plain' }, 415, 'media-type-unsupported'],
      ['another charset', '{}', { 'content-type': 'application/json; charset=latin1' }, 415, 'charset-unsupported'],
      ['an encoding we do not take', '{}', { 'content-encoding': 'br' }, 415, 'content-encoding-unsupported'],
      ['no gzip', '{}', { 'content-encoding': 'gzip' }, 400, 'gzip-invalid'],
      ['cut gzip', gzipSync('{"n":1}').subarray(0, 12), { 'content-encoding': 'gzip' }, 400, 'gzip-invalid'],
      ['a gzip bomb', gzipSync(Buffer.alloc(64 * 1024 * 1024)), { 'content-encoding': 'gzip' }, 413, 'body-too-large'],
    ] as [string, string | Uint8Array, Record<string, string>, number, string][])(
      'a body that is %s',
      async (_, body, headers, status, code) => {
        const answer = await json(body, headers);
        expect([answer.status, (answer.body as { code: string }).code]).toEqual([status, code]);
      },
    );

    it('inflates gzip, and hands out exact text where a route asks for it', async () => {
      expect((await json(gzipSync('{"n":2}'), { 'content-encoding': 'gzip' })).body).toEqual({ n: 2 });
      const headers = { ...(await bearer()), 'content-type': 'application/fhir+json' };
      const text = '{"value": 70.50}';
      expect((await call('/fhir/r4', { method: 'POST', body: text, headers })).body).toBe(text);
      const long = await call('/fhir/r4', { method: 'POST', body: 'x'.repeat(2_000), headers });
      expect([long.status, long.body]).toMatchObject([
        413,
        { resourceType: 'OperationOutcome', issue: [{ code: 'too-long' }] },
      ]);
    });

    it('reads no body of a stranger', async () => {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
      socket.write(
        'POST /v1/shape HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n{',
      );
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      expect(chunk.toString()).toMatch(/^HTTP\/1\.1 401 /);
      socket.destroy();
    });

    it('says nothing of what went wrong inside', async () => {
      const answer = await call('/v1/boom', { headers: await bearer() });
      expect(answer.status).toBe(500);
      expect(JSON.stringify(answer.body)).not.toMatch(/Jane|SELECT|at /);
      expect(lines.join('')).toContain('request failed');
      expect(lines.join('')).not.toMatch(/Jane|SELECT/);
    });

    it('answers 429 with Retry-After when the log is full', async () => {
      const answer = await call('/v1/full', { headers: await bearer() });
      expect([answer.status, answer.headers.get('retry-after'), (answer.body as { code: string }).code]).toEqual([
        429,
        '3',
        'log-full',
      ]);
    });

    it.each([
      ['unknown', '/v1/nothing'],
      ['not decodable', '/v1/%ff'],
      ['very long', `/fhir/r4/${'a'.repeat(3_000)}`],
      ['climbing', '/v1/probe/..%2f..%2fetc'],
      ['with NUL', '/v1/probe%00'],
    ])('answers a path that is %s', async (_, path) => {
      const answer = await call(path, { headers: await bearer() });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.type).toMatch(/^application\/(problem|fhir)\+json; charset=utf-8$/);
    });

    it('answers OperationOutcome under /fhir', async () => {
      const missing = await call('/fhir/r4/a/b/c/d', { headers: await bearer() });
      expect([missing.status, missing.body]).toMatchObject([
        404,
        { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'not-found' }] },
      ]);
      expect((await call('/fhir/r4/outcome/thrown')).body).toMatchObject({ issue: [{ code: 'required' }] });
    });

    it('sets security headers on every answer', async () => {
      for (const path of ['/health/live', '/v1/probe', '/v1/nothing', '/v1/%ff']) {
        const { headers } = await call(path);
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      }
    });
  });

  describe('seen from outside', () => {
    it('is live and ready, and serves metrics', async () => {
      expect((await call('/health/live')).status).toBe(200);
      const ready = await call('/health/ready');
      expect([ready.status, ready.body]).toMatchObject([200, { status: 'ready' }]);
      const metrics = await call('/metrics');
      for (const name of [
        'homeostat_samples_accepted_total',
        'homeostat_samples_rejected_total',
        'homeostat_measurements_applied_total',
        'homeostat_measurements_duplicate_total',
        'homeostat_alert_transitions_total',
        'homeostat_webhook_deliveries_total',
        'homeostat_log_lag_records',
        'homeostat_ingest_to_webhook_seconds',
      ]) {
        expect(metrics.body).toContain(`# TYPE ${name} `);
      }
    });

    it('costs no more queries when many ask than when one does', async () => {
      await untilForgotten();
      const queries = jest.spyOn(platform.pool, 'query');
      await call('/metrics');
      const once = queries.mock.calls.length;
      expect(once).toBeGreaterThan(0);
      await untilForgotten();
      queries.mockClear();
      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, i) => call(i % 2 === 0 ? '/health/ready' : '/metrics')),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      // On a busy machine they may take longer than an answer is kept.
      expect(queries.mock.calls.length).toBeLessThanOrEqual(5 * once);
      queries.mockRestore();
    });

    it('is not ready when a consumer is dead or lags', async () => {
      let state: { kind: 'running'; lastProgressAt: number } | { kind: 'failed'; reason: string } = {
        kind: 'running',
        lastProgressAt: 0,
      };
      let applied = 0n;
      await platform.log.append(
        Array.from({ length: 5 }, () => ({ topic: 'homeostat.dead-letters.v1', key: 'k', value: '{}' })),
      );
      platform.readiness.addConsumer({
        group: 'probe',
        topic: 'homeostat.dead-letters.v1',
        consumer: { state: () => state, assigned: () => [0] },
        applied: () => Promise.resolve(new Map([[0, applied]])),
        maxLag: 3,
      });
      await untilForgotten();
      const lagging = await call('/health/ready');
      expect([lagging.status, lagging.body]).toMatchObject([503, { status: 'not-ready' }]);
      expect(JSON.stringify(lagging.body)).toContain('lagging by 5 records');
      expect((await call('/metrics')).body).toContain('homeostat_log_lag_records{topic="homeostat.dead-letters.v1"} 5');
      applied = 5n;
      await untilForgotten();
      expect((await call('/health/ready')).status).toBe(200);
      state = { kind: 'failed', reason: 'probe' };
      await untilForgotten();
      expect((await call('/health/ready')).status).toBe(503);
      state = { kind: 'running', lastProgressAt: 0 };
    });
  });
});

/** Readiness and metrics are answered from what was found out within the last second. */
function untilForgotten(): Promise<void> {
  return sleep(1_050);
}
