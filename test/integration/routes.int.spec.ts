import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  bootstrap,
  createLogger,
  createPlatform,
  readConfig,
  type Platform,
  type RunningServer,
} from '#libs/platform/runtime';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { allModules } from '../../apps/all-in-one/src/all-in-one.module.js';

const OPEN = new Set([
  'get /health/live',
  'get /health/ready',
  'get /metrics',
  'get /openapi.json',
  'get /asyncapi.json',
  'post /oauth/token',
  'get /fhir/r4/.well-known/smart-configuration',
  'get /fhir/r4/metadata',
]);

describe('the routes of all apps', () => {
  let database: TestDatabase;
  let platform: Platform;
  let server: RunningServer;
  let routes: readonly string[];

  beforeAll(async () => {
    database = await createTestDatabase();
    const config = readConfig({ PORT: '0', MQTT_PORT: '0', DATABASE_URL: database.url });
    platform = await createPlatform(config, { logger: createLogger({ level: 'silent', role: 'test' }) });
    server = await bootstrap(allModules(platform), platform);
    routes = server.routes.map((route) => {
      const [method = '', path = ''] = route.split(' ');
      // Fastify writes a parameter as :name and a colon as ::.
      return `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`;
    });
  }, 60_000);

  afterAll(async () => {
    platform?.beginClosing();
    await server?.close();
    await platform?.close();
    await database?.drop();
  }, 20_000);

  it('are those of docs/openapi.json', () => {
    const { paths } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as { paths: Record<string, object> };
    const documented = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    );
    expect([...routes].sort()).toEqual(documented.sort());
  });

  it('let nobody in without a token, but for the public ones', async () => {
    for (const route of routes.filter((candidate) => !OPEN.has(candidate))) {
      const [method = '', path = ''] = route.split(' ');
      const url = server.url + path.replace('{type}', 'Observation').replaceAll(/\{\w+\}/g, '1');
      for (const headers of [{}, { authorization: 'Bearer x.y.z' }]) {
        const answer = await fetch(url, { method: method.toUpperCase(), headers });
        expect([route, answer.status]).toEqual([route, 401]);
      }
    }
  });
});
