import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair } from 'jose';
import { startOwnServices, type OwnServices } from '../support/services.js';
import { AppProcess, Client, freePort } from '../support/system.js';
import { ALL, run, table, type Result } from './run.js';
import type { SmartClient } from './server.js';

const SCOPES = ['system/*.cruds'];

describe.each(['postgres', 'kafka'] as const)('FHIR R4 and SMART on the log in %s', (log) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'homeostat-conformance-'));
  let services: OwnServices | undefined;
  let app: AppProcess;
  let client: Client;
  let results: ReadonlyMap<string, Result>;

  beforeAll(async () => {
    const port = await freePort();
    const env: Record<string, string> = {
      DATA_DIR: dataDir,
      MQTT_PORT: String(await freePort()),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
    };
    if (log === 'kafka') {
      services = await startOwnServices(['postgres', 'redis', 'kafka']);
      env['DATABASE_URL'] = services.postgres.url;
      env['REDIS_URL'] = services.redis.url;
      env['KAFKA_BROKERS'] = services.kafka.url;
    }
    app = await AppProcess.start('all-in-one', env, port);
    client = new Client({ api: app.url, fhir: app.url, wearable: app.url });
    const token = await client.login();
    const smartClient = await register();
    const all = await run({ base: `${app.url}/fhir/r4`, token: () => Promise.resolve(token), smartClient });
    console.log(`log in ${log}\n${table(all)}`);
    results = new Map(all.map((result) => [result.requirement.id, result]));
  }, 600_000);

  afterAll(async () => {
    await client?.close();
    await app?.stop();
    await services?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  async function register(): Promise<SmartClient> {
    const { privateKey, publicKey } = await generateKeyPair('ES384', { extractable: true });
    const kid = 'conformance-1';
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'ES384' }] };
    const made = await client.api<{ id: string }>('POST', '/v1/clients', { name: 'conformance', scopes: SCOPES, jwks });
    expect(made.status).toBe(201);
    return { id: made.body.id, key: { ...(await exportJWK(privateKey)), kid, alg: 'ES384' }, scopes: SCOPES };
  }

  it.each(ALL.map(({ id, title }) => [id, title] as const))('meets %s: %s', (id) => {
    const { outcome, why } = results.get(id) ?? { outcome: 'not run', why: undefined };
    expect({ outcome, why }).toEqual({ outcome: 'met', why: undefined });
  });
});
