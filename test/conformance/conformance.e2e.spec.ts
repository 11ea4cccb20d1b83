import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair } from 'jose';
import { startOwnServices, type OwnServices } from '../support/services.js';
import { AppProcess, Client, freePort } from '../support/system.js';
import { ALL, run, table, type Result } from './run.js';
import type { SmartClient } from './server.js';

const SCOPES = ['system/*.cruds'];
const MINUTE = 60_000;

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
    const monitored = await monitor();
    const all = await run({ base: `${app.url}/fhir/r4`, token: () => Promise.resolve(token), smartClient, monitored });
    console.log(`log in ${log}\n${table(all)}`);
    results = new Map(all.map((result) => [result.requirement.id, result]));
  }, 600_000);

  afterAll(async () => {
    await client?.close();
    await app?.stop();
    await services?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  /** A Patient whose glucose and vital signs a device has sent for two hours and a half, until they and the risk of deterioration are forecast. */
  async function monitor(): Promise<string> {
    const patient = { resourceType: 'Patient', id: 'monitored', birthDate: '1970-01-01' };
    expect((await client.fhir('PUT', '/Patient/monitored', patient)).status).toBe(201);
    const newest = Math.floor((Date.now() - MINUTE) / MINUTE) * MINUTE;
    for (let before = 150; before >= 0; before -= 5) {
      const effectiveAt = new Date(newest - before * MINUTE).toISOString();
      const head = { patient: 'monitored', source: 'sensor', effectiveAt };
      const glucose = { ...head, code: 'glucose', value: 120 + Math.round(before / 10), unit: 'mg/dL' };
      const heartRate = { ...head, code: 'heart-rate', value: 70 + (before % 7), unit: '/min' };
      const breaths = { ...head, code: 'respiratory-rate', value: 14 + (before % 3), unit: '/min' };
      const saturation = { ...head, code: 'oxygen-saturation', value: 97 - (before % 2), unit: '%' };
      expect((await client.samples([glucose, heartRate, breaths, saturation])).status).toBe(202);
    }
    const deadline = Date.now() + 60_000;
    for (let issued: readonly number[] = []; issued.length < 5 || issued.some((one) => one !== newest);) {
      if (Date.now() > deadline) throw new Error(`forecasts were issued at ${issued.join(', ')}, not at ${newest}`);
      const path = '/RiskAssessment?patient=monitored';
      const { body } = await client.fhir<{ entry?: readonly { resource: { occurrenceDateTime: string } }[] }>(
        'GET',
        path,
      );
      issued = (body.entry ?? []).map(({ resource }) => Date.parse(resource.occurrenceDateTime));
      await sleep(100);
    }
    return 'monitored';
  }

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
