import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStages } from '../support/stages.js';
import { AppProcess, Client, freePort } from '../support/system.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

interface Twin {
  readonly patient: string;
  readonly version: number;
  readonly measures: Record<
    string,
    { value: number; unit: string; effectiveAt: string; source: string; stale: boolean }
  >;
  readonly alerts: readonly { id: string; rule: { id: string }; status: string }[];
}

/** The main job, on what a newcomer has: one process, nothing set. */
describe('a bundle and a stream in, an explained alert out (one process, everything embedded)', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'homeostat-spine-'));
  let app: AppProcess;
  let client: Client;
  let receiver: WebhookReceiver;
  let webhook: string;
  const now = Date.now();
  const minutesAgo = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();
  const glucose = (value: number, minutes: number): unknown => ({
    patient: 'spine-1',
    code: 'glucose',
    value,
    unit: 'mg/dL',
    effectiveAt: minutesAgo(minutes),
  });

  beforeAll(async () => {
    const env = { DATA_DIR: dataDir, MQTT_PORT: String(await freePort()) };
    app = await AppProcess.start('all-in-one', env);
    client = new Client({ api: app.url, fhir: app.url, wearable: app.url });
    await client.login();
    receiver = await WebhookReceiver.start();
    const made = await client.api<{ id: string; secret: string }>('POST', '/v1/webhooks', { url: receiver.url });
    expect(made.status).toBe(201);
    receiver.secret = made.body.secret;
    webhook = made.body.id;
  }, 120_000);

  afterAll(async () => {
    await client?.close();
    await receiver?.stop();
    await app?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('takes a transaction bundle and answers per entry', async () => {
    const answer = await client.fhir<{ type: string; entry: { response: { status: string } }[] }>('POST', '', {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        {
          fullUrl: 'urn:uuid:6c0c1f0a-5b1c-4a55-8a1e-000000000001',
          resource: {
            resourceType: 'Observation',
            status: 'final',
            code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
            subject: { reference: 'https://ehr.example/Patient/spine-1' },
            effectiveDateTime: minutesAgo(90),
            valueQuantity: { value: 70.5, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
          },
          request: { method: 'POST', url: 'Observation' },
        },
        {
          fullUrl: 'https://ehr.example/Patient/spine-1',
          resource: { resourceType: 'Patient', id: 'spine-1', birthDate: '1961-04-02', gender: 'female' },
          request: { method: 'PUT', url: 'Patient/spine-1' },
        },
      ],
    });
    expect(answer.status).toBe(200);
    expect(answer.body.type).toBe('transaction-response');
    expect(answer.body.entry.map((entry) => entry.response.status.slice(0, 3))).toEqual(['201', '201']);
  });

  it('a stream of lows becomes one signed alert that explains itself', async () => {
    const lows = [110, 95, 66, 64, 62, 61, 60, 60].map((value, index) => glucose(value, 35 - index * 5));
    const answer = await client.samples<{ accepted: number; rejected: unknown[] }>(lows);
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ accepted: 8, rejected: [] });
    await receiver.waitFor((all) => all.some((message) => message.data.rule.id === 'glucose-low'), 10_000);
    const [alert] = receiver.received.filter((message) => message.data.rule.id === 'glucose-low');
    expect(alert).toMatchObject({ type: 'alert.raised', signed: true });
    expect(alert?.data).toMatchObject({
      patient: 'spine-1',
      status: 'open',
      severity: 'medium',
      threshold: { limit: 70, unit: 'mg/dL', owner: 'default' },
    });
    expect(alert?.data.evidence.length).toBeGreaterThan(0);
    expect(alert?.data.explanation.clears).not.toBe('');
    expect(alert?.data.disclaimer).toContain('not a cleared');
  });

  it('shows by stage where the time from sample to webhook went', async () => {
    const stages = await readStages(app.url);
    const counted = Object.entries(stages).flatMap(([name, { count, sum }]) => (count > 0 && sum >= 0 ? [name] : []));
    const expected = {
      homeostat_gateway_stage_seconds: ['read', 'resolve', 'append'],
      homeostat_engine_stage_seconds: ['wait', 'lock', 'load', 'evolve', 'write', 'commit'],
      homeostat_delivery_stage_seconds: ['queue', 'look', 'answer'],
    };
    for (const [name, of] of Object.entries(expected))
      for (const stage of of) expect(counted).toContain(`${name}{stage="${stage}"}`);
  });

  it('the same batch again changes nothing and pages nobody', async () => {
    // The batch may have emitted more than the low that was waited for.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const before = receiver.received.length;
    const version = (await client.api<Twin>('GET', '/v1/twins/spine-1')).body.version;
    const lows = [110, 95, 66, 64, 62, 61, 60, 60].map((value, index) => glucose(value, 35 - index * 5));
    expect((await client.samples(lows)).status).toBe(202);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(receiver.received.length).toBe(before);
    const twin = (await client.api<Twin>('GET', '/v1/twins/spine-1')).body;
    expect(twin.measures['glucose']?.value).toBe(60);
    expect(twin.version).toBeGreaterThanOrEqual(version);
    const history = await client.api<{ items: unknown[] }>('GET', '/v1/twins/spine-1/measurements?code=glucose');
    expect(history.body.items).toHaveLength(8);
  });

  it('shows the twin now, then, and as it was known then', async () => {
    const twin = (await client.api<Twin>('GET', '/v1/twins/spine-1')).body;
    expect(twin.measures['body-weight']).toMatchObject({ value: 70.5, unit: 'kg' });
    expect(twin.alerts.map((alert) => alert.rule.id)).toContain('glucose-low');
    const then = (await client.api<Twin>('GET', `/v1/twins/spine-1?at=${encodeURIComponent(minutesAgo(31))}`)).body;
    expect(then.measures['glucose']?.value).toBe(110);
    const known = encodeURIComponent(new Date(now - 60_000).toISOString());
    const asKnown = await client.api<Twin>('GET', `/v1/twins/spine-1?known-at=${known}`);
    expect(asKnown.body.measures?.['glucose']).toBeUndefined();
  });

  it('an acknowledgement enters the episode and is delivered', async () => {
    const list = await client.api<{ items: { id: string; rule: { id: string } }[] }>(
      'GET',
      '/v1/alerts?patient=spine-1&status=open',
    );
    const alert = list.body.items.find((item) => item.rule.id === 'glucose-low');
    const answer = await client.api('POST', `/v1/alerts/${alert?.id}/acknowledge`, { note: 'seen' });
    expect(answer.status).toBeLessThan(300);
    await receiver.waitFor((all) => all.some((message) => message.type === 'alert.acknowledged'), 10_000);
  });

  it('kill -9, start again: nothing is lost, nothing is delivered twice, the rest of the episode is delivered', async () => {
    await app.kill();
    await app.start();
    await client.login();
    const twin = (await client.api<Twin>('GET', '/v1/twins/spine-1')).body;
    expect(twin.measures['glucose']?.value).toBe(60);
    const recovered = [90, 100, 105, 110, 112, 112].map((value, index) => ({
      patient: 'spine-1',
      code: 'glucose',
      value,
      unit: 'mg/dL',
      effectiveAt: new Date(now + (index - 5) * 1000 + 5000).toISOString(),
    }));
    expect((await client.samples(recovered)).status).toBe(202);
    // A message whose delivery was not yet noted is sent again, under its id: by ids nothing is delivered twice.
    const told = receiver.distinct().map((message) => `${message.data.episode} ${message.type}`);
    expect(new Set(told).size).toBe(told.length);
    const deliveries = await client.api<{ items: { status: string }[] }>('GET', `/v1/webhooks/${webhook}/deliveries`);
    expect(deliveries.body.items.length).toBeGreaterThanOrEqual(2);
  }, 90_000);

  it('ends when asked to, long before whoever runs it would kill it', async () => {
    // Orchestrators wait 30 s.
    expect(await app.stop()).toBeLessThan(20_000);
  });
});
