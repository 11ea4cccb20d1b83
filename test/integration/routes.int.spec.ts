import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allModules } from '../../apps/all-in-one/src/all-in-one.module.js';
import { RunningApi } from '../support/running-api.js';

const OPEN = new Set([
  'get /health/live',
  'get /health/ready',
  'get /metrics',
  'get /openapi.json',
  'get /asyncapi.json',
  'post /oauth/token',
  // They want a client's credentials, as a form.
  'post /oauth/introspect',
  'post /oauth/revoke',
  'get /fhir/r4/.well-known/smart-configuration',
  'get /fhir/r4/metadata',
  // Without a session it is there to end, there is nothing to do.
  'post /console/sign-out',
]);

/** Pages of browsers: what they are is said in docs/adr/0057. */
const isPage = (route: string): boolean =>
  /^\w+ \/($|console($|\/))/.test(route) && route !== 'get /console/session' && route !== 'post /console/sign-out';

describe('the routes of all apps', () => {
  let api: RunningApi;
  let routes: readonly string[];

  beforeAll(async () => {
    api = await RunningApi.open(allModules, { env: { MQTT_PORT: '0' } });
    const all = api.server.routes.map((route) => {
      const [method = '', path = ''] = route.split(' ');
      // Fastify writes a parameter as :name and a colon as ::.
      return `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`;
    });
    routes = all.filter((route) => !isPage(route));
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

  it('are those of docs/openapi.json', () => {
    const { paths } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as { paths: Record<string, object> };
    const documented = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    );
    expect([...routes].sort()).toEqual(documented.sort());
  });

  it.each<[method: string, path: string, headers: Readonly<Record<string, string>>, status: number, type: string]>([
    ['GET', '/fhir/r4/Patient/1', { accept: 'application/fhir+xml' }, 406, 'application/fhir+json'],
    ['GET', '/fhir/r4/Nothing/1', {}, 404, 'application/fhir+json'],
    ['GET', '/v1/nothing', {}, 404, 'application/problem+json'],
    ['GET', '/v1/%zz', {}, 400, 'application/problem+json'],
    ['GET', '/fhir/r4/%zz', {}, 400, 'application/fhir+json'],
    ['POST', '/v1/samples', { 'content-type': 'image/png' }, 415, 'application/problem+json'],
    ['POST', '/fhir/r4/Patient', { 'content-type': 'image/png' }, 415, 'application/fhir+json'],
  ])('%s %s with %j is refused with %i as %s', async (method, path, headers, status, type) => {
    const answer = await fetch(api.server.url + path, {
      method,
      headers: { ...headers, authorization: `Bearer ${api.token}` },
      ...(method === 'POST' ? { body: 'x' } : {}),
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, `${type}; charset=utf-8`]);
  });

  it('deny access without a token, except the public ones', async () => {
    for (const route of routes.filter((candidate) => !OPEN.has(candidate))) {
      const [method = '', path = ''] = route.split(' ');
      const url = api.server.url + path.replace('{type}', 'Observation').replaceAll(/\{\w+\}/g, '1');
      for (const headers of [{}, { authorization: 'Bearer x.y.z' }]) {
        const answer = await fetch(url, { method: method.toUpperCase(), headers });
        const type = path.startsWith('/fhir/') ? 'application/fhir+json' : 'application/problem+json';
        const answered = [route, answer.status, answer.headers.get('content-type')];
        expect(answered).toEqual([route, 401, `${type}; charset=utf-8`]);
      }
    }
  });
});
