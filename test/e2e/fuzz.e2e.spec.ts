import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { randomFrom } from '#libs/testing/properties';
import { fuzzRequest } from '../support/fuzz/fuzz-fhir.js';
import { fuzzFhir, fuzzSamples } from '../support/fuzz/fuzz-input.js';
import { AppProcess, Client, freePort } from '../support/system.js';

const INPUTS_PER_GATEWAY = 10_000;
const BUNDLES_SEARCHES_PATCHES = Number(process.env['FUZZ_INPUTS'] ?? 50_000);
/** What the whole process may hold after them, MiB; it holds some 300 before. */
const MAX_RSS_MIB = 1_500;
/** Of a request in which nothing was damaged: another may have been first. */
const FIRST_COME = [404, 409, 410, 412];
/** Another has deleted what it refers to. */
const LEADS_NOWHERE = /"code":"not-found"/;
const AT_ONCE = 16;
const SEED = 20_261_123;

describe('random input at both gateways', () => {
  let database: TestDatabase;
  let app: AppProcess;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    app = await AppProcess.start('all-in-one', {
      DATABASE_URL: database.url,
      MQTT_PORT: String(await freePort()),
      LOG_LEVEL: 'error',
      // One client asks as quickly as it is answered.
      RATE_LIMIT_CLIENT: '0',
      RATE_LIMIT_TENANT: '0',
    });
    client = new Client({ api: app.url, fhir: app.url, wearable: app.url });
    await client.login();
    expect(await putPatient()).toBe(201);
  }, 120_000);

  afterAll(async () => {
    await client?.close();
    await app?.stop();
    await database?.drop();
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

  it(`${BUNDLES_SEARCHES_PATCHES} bundles, searches and patches, half of them whole: no 5xx, no crash, bounded memory`, async () => {
    const whole = new Map<number, number>();
    const refused: string[] = [];
    const broken: string[] = [];
    const statuses = await pound(async (random) => {
      const { method, path, type, body, whole: isWhole } = fuzzRequest(random);
      const headers: Record<string, string> = type === '' ? {} : { 'content-type': type };
      const answer = await client.raw(app.url, method, `/fhir/r4${path}`, headers, body === '' ? undefined : body);
      const line = `${method} ${path} ${body.slice(0, 300)}: ${answer.status} ${answer.text.slice(0, 300)}`;
      if (answer.status >= 500 && broken.length < 5) broken.push(line);
      if (isWhole) whole.set(answer.status, (whole.get(answer.status) ?? 0) + 1);
      const isExpected =
        answer.status < 300 ||
        FIRST_COME.includes(answer.status) ||
        (answer.status === 422 && LEADS_NOWHERE.test(answer.text));
      if (isWhole && !isExpected && refused.length < 5) refused.push(line);
      return answer;
    }, BUNDLES_SEARCHES_PATCHES);
    console.log(`bundles, searches, patches: ${summary(statuses)}; whole ones: ${summary(whole)}; ${rssMib()} MiB`);
    expect(broken).toEqual([]);
    expect(refused).toEqual([]);
    expect([...whole.values()].reduce((sum, n) => sum + n, 0)).toBeGreaterThan(BUNDLES_SEARCHES_PATCHES / 2);
    expect(rssMib()).toBeLessThan(MAX_RSS_MIB);
  }, 900_000);

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

  function rssMib(): number {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${app.pid}/status`, 'utf8'));
    return Math.round(Number(line?.[1]) / 1024);
  }

  async function pound(
    send: (random: () => number) => Promise<{ status: number }>,
    inputs = INPUTS_PER_GATEWAY,
  ): Promise<Map<number, number>> {
    const random = randomFrom(SEED);
    const statuses = new Map<number, number>();
    let sent = 0;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (sent < inputs) {
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
