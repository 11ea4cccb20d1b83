import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfig } from '#libs/platform/config';
import { bootstrap } from '#libs/platform/http';
import { createPlatform } from '../index.js';
import { basic, ProbedRuntime, ProbeModule, PUBLIC_URL } from './probed-runtime.fixture.js';

let runtime: ProbedRuntime;

beforeAll(async () => {
  runtime = await ProbedRuntime.start();
}, 60_000);
afterAll(() => runtime.stop());

describe('POST /oauth/token', () => {
  it('takes a secret by HTTP Basic, form-encoded as RFC 6749 says', async () => {
    const answer = await runtime.token(
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
    const answer = await runtime.token({
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
      const answer = await runtime.token(fields, headers);
      expect([answer.status, (answer.body as { error: string }).error]).toEqual([status, error]);
    },
  );

  it('refuses a repeated field and another media type', async () => {
    const repeated = await runtime.call('/oauth/token', {
      method: 'POST',
      body: 'grant_type=a&grant_type=b',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect([repeated.status, repeated.body]).toMatchObject([400, { error: 'invalid_request' }]);
    const json = await runtime.call('/oauth/token', {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    expect([json.status, json.body]).toMatchObject([400, { error: 'invalid_request' }]);
  });

  it('accepts a private_key_jwt assertion once only', async () => {
    const fields = await runtime.assertion();
    const first = await runtime.token(fields);
    expect([first.status, first.body]).toMatchObject([200, { scope: 'system/*.rs' }]);
    const again = await runtime.token(fields);
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
    const answer = await runtime.token(await runtime.assertion(claims));
    expect([answer.status, answer.body]).toMatchObject([401, { error: 'invalid_client' }]);
  });

  it('refuses an assertion signed with another key, or not a JWT at all', async () => {
    expect((await runtime.token(await runtime.assertion({}, runtime.otherKeys.privateKey))).status).toBe(401);
    expect((await runtime.token({ ...(await runtime.assertion()), client_assertion: 'a.b.c' })).status).toBe(401);
    expect((await runtime.token({ ...(await runtime.assertion()), client_assertion_type: 'saml' })).status).toBe(400);
  });

  it.each([['Host of the server'], ['Host of the audience'], ['forwarded host']])(
    'takes no assertion where the own address is not configured, whatever the request says: %s',
    async (way) => {
      const config = readConfig({ PORT: '0', DATABASE_URL: runtime.database.url });
      const bare = await createPlatform(config, { logger: runtime.platform.logger });
      const probe = await bootstrap([ProbeModule], bare);
      try {
        const elsewhere = 'other.example';
        const aud = way === 'Host of the server' ? probe.url : `http://${elsewhere}`;
        const fields = await runtime.assertion({ aud: `${aud}/oauth/token` });
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
    const answer = await runtime.call('/fhir/r4/.well-known/smart-configuration');
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

  it('answers a hundred logins of one client at once, of which as many as wait for a hash would be refused', async () => {
    await runtime.bearer();
    const answers = await Promise.all(Array.from({ length: 100 }, () => runtime.bearer()));
    expect(answers.filter(({ authorization }) => authorization === 'Bearer undefined')).toEqual([]);
  });
});
