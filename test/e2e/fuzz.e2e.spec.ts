import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fuzzFhir, fuzzSamples, randomFrom } from '../support/fuzz-input.js';
import { AppProcess, Client, freePort } from '../support/system.js';

const INPUTS_PER_GATEWAY = 10_000;
const AT_ONCE = 16;
const SEED = 20_261_123;

describe('random input at both gateways', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'homeostat-fuzz-'));
  let app: AppProcess;
  let client: Client;

  beforeAll(async () => {
    app = await AppProcess.start('all-in-one', {
      DATA_DIR: dataDir,
      MQTT_PORT: String(await freePort()),
      LOG_LEVEL: 'error',
    });
    client = new Client({ api: app.url, fhir: app.url, wearable: app.url });
    await client.login();
    expect(await putPatient()).toBe(201);
  }, 120_000);

  afterAll(async () => {
    await client?.close();
    await app?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it(`${INPUTS_PER_GATEWAY} requests of samples: no 5xx, no crash`, async () => {
    const statuses = await pound((random) => {
      const { body, type } = fuzzSamples(random, 'fuzz-1');
      return client.raw(app.url, 'POST', '/v1/samples', type === '' ? {} : { 'content-type': type }, body);
    });
    console.log(`samples: ${summary(statuses)}`);
    expect(serverErrors(statuses)).toEqual([]);
    expect(statuses.get(202)).toBeGreaterThan(INPUTS_PER_GATEWAY / 4);
  }, 300_000);

  it(`${INPUTS_PER_GATEWAY} FHIR requests: no 5xx, no crash`, async () => {
    const statuses = await pound((random) => {
      const { method, path, body } = fuzzFhir(random, 'fuzz-1');
      const headers: Record<string, string> = body === '' ? {} : { 'content-type': 'application/fhir+json' };
      return client.raw(app.url, method, `/fhir/r4${path}`, headers, body === '' ? undefined : body);
    });
    console.log(`fhir: ${summary(statuses)}`);
    expect(serverErrors(statuses)).toEqual([]);
    expect(statuses.get(200) ?? 0).toBeGreaterThan(0);
    expect(statuses.get(201) ?? 0).toBeGreaterThan(0);
  }, 300_000);

  it('still serves, and its engine still applies', async () => {
    expect((await client.raw(app.url, 'GET', '/health/ready', {})).status).toBe(200);
    // The random requests delete the patient now and then; which came last depends on how they interleaved.
    expect([200, 201]).toContain(await putPatient());
    const sent = await client.samples<{ accepted: number }>([
      { patient: 'fuzz-1', code: 'body-weight', value: 71.25, unit: 'kg', effectiveAt: new Date().toISOString() },
    ]);
    expect(sent.body).toMatchObject({ accepted: 1 });
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const twin = await client.api<{ measures?: Record<string, { value: number }> }>('GET', '/v1/twins/fuzz-1');
      if (twin.body.measures?.['body-weight']?.value === 71.25) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('the sample sent after the fuzz run was not applied within ten seconds');
  }, 30_000);

  async function putPatient(): Promise<number> {
    const patient = { resourceType: 'Patient', id: 'fuzz-1', birthDate: '1950-01-01' };
    return (await client.fhir('PUT', '/Patient/fuzz-1', patient)).status;
  }

  async function pound(send: (random: () => number) => Promise<{ status: number }>): Promise<Map<number, number>> {
    const random = randomFrom(SEED);
    const statuses = new Map<number, number>();
    let sent = 0;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (sent < INPUTS_PER_GATEWAY) {
          sent += 1;
          const { status } = await send(random);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      }),
    );
    return statuses;
  }
});

function serverErrors(statuses: ReadonlyMap<number, number>): readonly [number, number][] {
  return [...statuses].filter(([status]) => status >= 500);
}

function summary(statuses: ReadonlyMap<number, number>): string {
  return [...statuses]
    .sort(([a], [b]) => a - b)
    .map(([status, times]) => `${status} × ${times}`)
    .join(', ');
}
