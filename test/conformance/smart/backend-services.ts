import assert from 'node:assert/strict';
import { importJWK, SignJWT, type JWK } from 'jose';
import { matchesOf, refused, status } from '../expectations.js';
import { requirements } from '../requirement.js';
import { bundle, entry, observation, patient } from '../resources.js';
import { unique, type Any, type Answer, type Server } from '../server.js';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

async function configuration(server: Server): Promise<Any> {
  const answer = await server.request('GET', '/.well-known/smart-configuration', { token: null });
  status(answer, 200);
  return answer.body;
}

interface Claims {
  readonly aud?: string;
  readonly jti?: string;
  readonly lifeSeconds?: number;
  readonly iss?: string;
}

async function assertion(server: Server, claims: Claims = {}): Promise<string> {
  const client = server.options.smartClient;
  assert.ok(client !== undefined);
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({})
    .setProtectedHeader({ alg: 'ES384', kid: String(client.key['kid']), typ: 'JWT' })
    .setIssuer(claims.iss ?? client.id)
    .setSubject(client.id)
    .setAudience(claims.aud ?? (await configuration(server)).token_endpoint)
    .setJti(claims.jti ?? unique())
    .setExpirationTime(now + (claims.lifeSeconds ?? 120))
    .sign(await importJWK(client.key as unknown as JWK, 'ES384'));
}

/** The endpoints of the metadata may name the public address; the paths are asked at the server under test. */
async function form(server: Server, name: string, fields: Readonly<Record<string, string>>): Promise<Answer> {
  const url = new URL((await configuration(server))[name]);
  return server.request('POST', new URL(url.pathname, server.base).href, {
    token: null,
    body: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
  });
}

async function tokenFor(server: Server, scope: string, claims: Claims = {}): Promise<Answer> {
  return form(server, 'token_endpoint', {
    grant_type: 'client_credentials',
    scope,
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: await assertion(server, claims),
  });
}

async function token(server: Server, scope: string): Promise<string> {
  const answer = await tokenFor(server, scope);
  status(answer, 200);
  return answer.body.access_token;
}

const needs = 'smart-client' as const;

export const BACKEND_SERVICES = requirements('smart', 'SMART', [
  {
    id: 1,
    source: 'SMART App Launch 2.0 conformance.html',
    title: 'smart-configuration names the endpoints, methods, algorithms and capabilities',
    check: async (server) => {
      const body = await configuration(server);
      assert.ok(URL.canParse(body.token_endpoint));
      assert.ok(body.token_endpoint_auth_methods_supported.includes('private_key_jwt'));
      for (const algorithm of ['ES384', 'RS384'])
        assert.ok(body.token_endpoint_auth_signing_alg_values_supported.includes(algorithm));
      assert.ok(body.capabilities.includes('client-confidential-asymmetric'));
      assert.ok(body.grant_types_supported.includes('client_credentials'));
    },
  },
  {
    id: 2,
    source: 'SMART App Launch 2.0 backend-services.html',
    title: 'a signed assertion gets a token that reads',
    needs,
    check: async (server) => {
      const answer = await tokenFor(server, 'system/Patient.rs');
      status(answer, 200);
      assert.equal(String(answer.body.token_type).toLowerCase(), 'bearer');
      assert.equal(answer.body.scope, 'system/Patient.rs');
      assert.ok(answer.body.expires_in <= 3600);
      status(await server.request('GET', '/Patient?_count=1', { token: answer.body.access_token }), 200);
    },
  },
  {
    id: 3,
    source: 'SMART App Launch 2.0 client-confidential-asymmetric.html',
    title: 'a jti is taken once; a long life, another audience and another issuer are refused',
    needs,
    check: async (server) => {
      const jti = unique();
      status(await tokenFor(server, 'system/Patient.rs', { jti }), 200);
      for (const claims of [
        { jti },
        { lifeSeconds: 3600 },
        { lifeSeconds: -600 },
        { aud: 'https://other.example/token' },
        { iss: 'somebody-else' },
      ])
        status(await tokenFor(server, 'system/Patient.rs', claims), 400, 401);
    },
  },
  {
    id: 4,
    source: 'SMART App Launch 2.0 scopes-and-launch-context.html',
    title: 'what the scope does not give is refused: types, verbs, bundle entries',
    needs,
    check: async (server) => {
      const reads = await token(server, 'system/Patient.rs');
      refused(await server.request('POST', '/Patient', { token: reads, body: patient() }), [403]);
      refused(await server.request('GET', '/Observation?_count=1', { token: reads }), [403]);
      const answer = await server.request('POST', '', {
        token: reads,
        body: bundle('transaction', [entry('POST', 'Patient', patient())]),
      });
      refused(answer, [403]);
      refused(await server.request('GET', '/Patient?_count=1', { token: null }), [401]);
      refused(await server.request('GET', '/Patient?_count=1', { token: 'not-a-token' }), [401]);
    },
  },
  {
    id: 5,
    source: 'SMART App Launch 2.0 scopes-and-launch-context.html#finer-grained',
    title: 'a search restriction holds in search, read, history, include and bundle',
    needs,
    check: async (server) => {
      const who = await server.made(patient());
      const vital = await server.made(observation(`Patient/${who.id}`));
      const other = await server.made(observation(`Patient/${who.id}`, { category: undefined }));
      const bearer = await token(server, 'system/Observation.rs?category=vital-signs system/Patient.rs');
      const get = (path: string): Promise<Answer> => server.request('GET', path, { token: bearer });
      assert.deepEqual(matchesOf(await get(`/Observation?patient=${who.id}`)), [vital.id]);
      status(await get(`/Observation/${vital.id}`), 200);
      refused(await get(`/Observation/${other.id}`), [403, 404]);
      refused(await get(`/Observation/${other.id}/_history/1`), [403, 404]);
      refused(await get(`/Observation/${other.id}/_history`), [403, 404]);
      const back = await get(`/Patient?_id=${who.id}&_revinclude=Observation:patient`);
      const ids = back.body.entry.map((one: Any) => one.resource.id);
      assert.ok(ids.includes(vital.id) && !ids.includes(other.id));
      const batch = await server.request('POST', '', {
        token: bearer,
        body: bundle('batch', [entry('GET', `Observation/${other.id}`)]),
      });
      assert.match(batch.body.entry[0].response.status, /^40[34]/);
    },
  },
  {
    id: 6,
    source: 'RFC 7662, RFC 7009',
    title: 'introspection tells of a token; revocation ends it',
    needs,
    check: async (server) => {
      const bearer = await token(server, 'system/Patient.rs');
      const ask = async (name: string): Promise<Answer> =>
        form(server, name, {
          token: bearer,
          client_assertion_type: ASSERTION_TYPE,
          client_assertion: await assertion(server),
        });
      const before = await ask('introspection_endpoint');
      status(before, 200);
      assert.equal(before.body.active, true);
      assert.equal(before.body.scope, 'system/Patient.rs');
      status(await ask('revocation_endpoint'), 200);
      for (let i = 0; i < 120; i++) {
        const answer = await server.request('GET', '/Patient?_count=1', { token: bearer });
        if (answer.status === 401) return assert.equal((await ask('introspection_endpoint')).body.active, false);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error('a revoked token was taken for twelve seconds');
    },
  },
  {
    id: 7,
    source: 'SMART App Launch 2.0 scopes-and-launch-context.html',
    title: 'scopes of version 1 are understood; unknown ones are refused',
    needs,
    check: async (server) => {
      const bearer = await token(server, 'system/Patient.read');
      status(await server.request('GET', '/Patient?_count=1', { token: bearer }), 200);
      status(await tokenFor(server, 'system/Patient.everything'), 400);
    },
  },
]);
