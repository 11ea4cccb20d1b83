import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startOwnServices, type OwnServices } from '../support/services.js';
import { AppProcess, Client } from '../support/system.js';

const ROUNDS = 5;
const CLIENTS = 12;
const SYSTEM = 'urn:crash';

/** What a client sent, and how many resources it is. */
interface Sent {
  readonly name: string;
  readonly size: number;
  answered: boolean;
}

describe('a gateway that is killed', () => {
  let services: OwnServices;
  let api: AppProcess;
  let fhir: AppProcess;
  let pool: pg.Pool;
  let token: string;
  let next = 0;

  beforeAll(async () => {
    services = await startOwnServices(['postgres']);
    const env = { DATABASE_URL: services.postgres.url };
    api = await AppProcess.start('twin-api', env);
    fhir = await AppProcess.start('fhir-gateway', env);
    token = await new Client({ api: api.url, fhir: fhir.url, wearable: fhir.url }).login();
    pool = new pg.Pool({ connectionString: services.postgres.url, max: 2 });
  }, 180_000);

  afterEach(async () => {
    await fhir?.kill();
    await fhir?.start();
  }, 60_000);

  afterAll(async () => {
    await pool?.end();
    await fhir?.stop();
    await api?.stop();
    await services?.stop();
  }, 60_000);

  function post(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(`${fhir.url}/fhir/r4`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json', ...headers },
      body: JSON.stringify(body),
    });
  }

  /** How many Observations of a record are stored, indexed and in the log. */
  async function counts(name: string): Promise<{ stored: number; indexed: number; logged: number; patients: number }> {
    const { rows } = await pool.query<{ id: string }>(
      `SELECT id FROM fhir_resources WHERE type = 'Patient' AND content LIKE $1`,
      [`%"${name}"%`],
    );
    const ids = rows.map(({ id }) => id);
    const { rows: found } = await pool.query<{ stored: number; indexed: number; logged: number }>(
      `SELECT (SELECT count(*) FROM fhir_resources WHERE type = 'Observation' AND patient = ANY ($1))::int AS stored,
        (SELECT count(*) FROM fhir_resources r JOIN fhir_search s ON s.tenant = r.tenant AND s.seq = r.search_key
          WHERE r.type = 'Observation' AND r.patient = ANY ($1))::int AS indexed,
        (SELECT coalesce(sum(json_array_length(value::json->'samples')), 0) FROM log_records
          WHERE value::json->>'patient' = ANY ($1))::int AS logged`,
      [ids],
    );
    return { patients: ids.length, ...found[0]! };
  }

  /** Sends one after the other until the gateway is gone. */
  async function sendUntilKilled(sent: Sent[]): Promise<void> {
    for (;;) {
      const size = next % 3 === 0 ? 30 : 1;
      const one: Sent = { name: `crash-${++next}`, size, answered: false };
      sent.push(one);
      const answer = await post(record(one.name, size, next % 2 === 0)).catch(() => undefined);
      if (answer === undefined) return;
      one.answered = answer.status === 200 && (await answer.text().catch(() => '')).endsWith('}');
    }
  }

  it('during bundles leaves whole bundles or none, and all that it answered', async () => {
    const sent: Sent[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const sending = Array.from({ length: CLIENTS }, () => sendUntilKilled(sent));
      await pause(300 + round * 170);
      await fhir.kill();
      await Promise.all(sending);
      await fhir.start();
    }
    const unanswered = sent.filter(({ answered }) => !answered);
    expect(unanswered.length).toBeGreaterThanOrEqual(ROUNDS);
    expect(sent.length - unanswered.length).toBeGreaterThan(ROUNDS);
    for (const { name, size, answered } of sent) {
      const found = await counts(name);
      const whole = { patients: 1, stored: size, indexed: size, logged: size };
      if (answered || found.patients > 0) expect({ name, ...found }).toEqual({ name, ...whole });
      else expect({ name, ...found }).toEqual({ name, patients: 0, stored: 0, indexed: 0, logged: 0 });
    }
  }, 300_000);

  it('during a job leaves it to be done, once', async () => {
    for (const wait of [0, 300]) {
      const name = `job-${wait}`;
      const taken = await post(record(name, 1500, false), { prefer: 'respond-async' });
      expect(taken.status).toBe(202);
      const address = taken.headers.get('content-location') ?? '';
      await pause(wait);
      await fhir.kill();
      await fhir.start();
      const answer = await untilDone(address);
      expect(answer.type).toBe('transaction-response');
      expect(await counts(name)).toEqual({ patients: 1, stored: 1500, indexed: 1500, logged: 1500 });
    }
  }, 300_000);

  it('takes a request with an Idempotency-Key that it left without an answer again, with one effect', async () => {
    for (const wait of [5, 30, 80]) {
      const name = `key-${wait}`;
      const send = (): Promise<Response> => post(record(name, 400, false), { 'idempotency-key': name });
      const first = send().then(
        ({ status }) => status,
        () => 0,
      );
      await pause(wait);
      await fhir.kill();
      await first;
      await fhir.start();
      expect((await send()).status).toBe(200);
      expect(await counts(name)).toEqual({ patients: 1, stored: 400, indexed: 400, logged: 400 });
    }
  }, 300_000);

  async function untilDone(address: string): Promise<{ type: string }> {
    for (let attempt = 0; attempt < 600; attempt++) {
      const answer = await fetch(address, { headers: { authorization: `Bearer ${token}` } });
      if (answer.status === 200) return (await answer.json()) as { type: string };
      expect(answer.status).toBe(202);
      await pause(200);
    }
    throw new Error('the job was not done');
  }
});

/** A Patient and `size` Observations. */
function record(name: string, size: number, isConditional: boolean): unknown {
  const fullUrl = 'urn:uuid:20000000-0000-4000-8000-000000000001';
  const condition = isConditional ? { ifNoneExist: `identifier=${SYSTEM}|${name}` } : {};
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        fullUrl,
        resource: { resourceType: 'Patient', identifier: [{ system: SYSTEM, value: name }] },
        request: { method: 'POST', url: 'Patient', ...condition },
      },
      ...Array.from({ length: size }, (_, n) => ({
        resource: {
          resourceType: 'Observation',
          status: 'final',
          code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
          subject: { reference: fullUrl },
          effectiveDateTime: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
          valueQuantity: { value: 70, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
        },
        request: { method: 'POST', url: 'Observation' },
      })),
    ],
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
