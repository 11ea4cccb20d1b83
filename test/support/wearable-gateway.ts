import { randomUUID } from 'node:crypto';
import type { SamplesAnswer, SamplesRecord } from '#libs/contracts';
import { TOPICS } from '#libs/contracts';
import { hashSecret } from '#libs/platform/auth';
import { readConfig } from '#libs/platform/config';
import { bootstrap, type RunningServer } from '#libs/platform/http';
import { createPlatform, type Platform } from '#libs/platform/runtime';
import { createLogger } from '#libs/platform/telemetry';
import { ClientStore } from '#libs/platform/storage';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { MqttIngress } from '../../apps/wearable-gateway/src/mqtt/mqtt-ingress.js';
import { WearableGatewayModule } from '../../apps/wearable-gateway/src/wearable-gateway.module.js';

export const SECRET = 'a-secret-of-the-gateway-tests';

export interface Answer<T = SamplesAnswer> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** A wearable gateway on a database of its own with two tenants: `t1` has patients p1, p2, born 1980, `t2` has p9. */
export class TestWearableGateway {
  private constructor(
    readonly platform: Platform,
    readonly server: RunningServer,
    private readonly database: TestDatabase,
    /** Access tokens by client. */
    readonly tokens: Readonly<Record<'full' | 'reader' | 'stranger', string>>,
  ) {}

  static async open(env: Readonly<Record<string, string>> = {}): Promise<TestWearableGateway> {
    const database = await createTestDatabase();
    const config = readConfig(
      { DATABASE_URL: database.url, PORT: '0', MQTT_PORT: '0', LOG_LEVEL: 'silent', ...env },
      'wearable-gateway',
    );
    const logger = createLogger({ level: 'silent', role: 'wearable-gateway' });
    const platform = await createPlatform(config, { logger });
    const clients = new ClientStore(platform.pool);
    const secretHash = await hashSecret(SECRET);
    const write = ['samples.write', 'rejections.read'];
    await clients.put({ tenant: 't1', id: 'full', secretHash, jwks: null, scopes: write });
    await clients.put({ tenant: 't1', id: 'reader', secretHash, jwks: null, scopes: ['twins.read'] });
    await clients.put({ tenant: 't2', id: 'stranger', secretHash, jwks: null, scopes: write });
    await platform.pool.query(SEED);
    const server = await bootstrap([WearableGatewayModule.forRoot(platform)], platform);
    const tokens: Record<string, string> = {};
    for (const client of ['full', 'reader', 'stranger']) {
      const access = await platform.tokens.verifyClientSecret(client, SECRET);
      if (access === undefined) throw new Error(`no client ${client}`);
      tokens[client] = (await platform.tokens.issue(access)).token;
    }
    return new TestWearableGateway(platform, server, database, tokens as TestWearableGateway['tokens']);
  }

  get mqttUrl(): string {
    return `mqtt://127.0.0.1:${this.server.app.get(MqttIngress).port}`;
  }

  async post<T = SamplesAnswer>(
    body: string | Uint8Array | ReadableStream | undefined,
    headers: Readonly<Record<string, string>> = {},
    query = '',
  ): Promise<Answer<T>> {
    const response = await fetch(`${this.server.url}/v1/samples${query}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.tokens.full}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: body as never, duplex: 'half' }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as T };
  }

  json<T = SamplesAnswer>(
    samples: unknown,
    headers: Readonly<Record<string, string>> = {},
    query = '',
  ): Promise<Answer<T>> {
    return this.post<T>(JSON.stringify(samples), headers, query);
  }

  async get<T>(path: string, token: string = this.tokens.full): Promise<Answer<T>> {
    const response = await fetch(`${this.server.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    return { status: response.status, headers: response.headers, body: (await response.json()) as T };
  }

  /** All records of the log, in order. */
  async records(): Promise<SamplesRecord[]> {
    const { rows } = await this.platform.pool.query<{ value: string }>(
      `SELECT value FROM log_records WHERE topic = $1 ORDER BY partition, "offset"`,
      [TOPICS.patientInput],
    );
    return rows.map((row) => JSON.parse(row.value) as SamplesRecord);
  }

  /** Number of samples in the log under this source. */
  async logged(source: string): Promise<number> {
    const records = await this.records();
    return records.flatMap((record) => record.samples.filter((sample) => (sample.f ?? record.source) === source))
      .length;
  }

  async metric(name: string): Promise<number> {
    const text = (await this.platform.metrics.render()).body;
    return text
      .split('\n')
      .filter((line) => line.startsWith(name))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.platform.close();
    await this.database.drop();
  }
}

/** A source name that no other test uses. */
export function freshSource(): string {
  return `source-${randomUUID()}`;
}

const SEED = `
INSERT INTO twins (tenant, patient, birth_date)
SELECT t.key, p.patient, p.birth_date FROM tenants t
JOIN (VALUES ('t1', 'p1', '1980-02-03'), ('t1', 'p2', '1980'), ('t1', 'p3', NULL), ('t2', 'p9', NULL)) AS p (tenant, patient, birth_date)
  ON p.tenant = t.id;
INSERT INTO fhir_identifiers (tenant, type, system, value, id)
SELECT t.key, i.type, 'urn:mrn', i.value, i.id FROM tenants t
JOIN (VALUES ('t1', 'Patient', '77', 'p1'), ('t1', 'Patient', 'twice', 'p1'), ('t1', 'Patient', 'twice', 'p2'),
             ('t1', 'Device', 'watch-1', 'd1')) AS i (tenant, type, value, id) ON i.tenant = t.id;
INSERT INTO fhir_resources (tenant, type, id, version, content, last_updated)
SELECT t.key, 'Device', d.id, 1, '{}', now() FROM tenants t
JOIN (VALUES ('t1', 'd1'), ('t1', 'd2'), ('t2', 'd9')) AS d (tenant, id) ON d.tenant = t.id;
INSERT INTO device_patients (tenant, device, patient)
SELECT t.key, d.device, d.patient FROM tenants t
JOIN (VALUES ('t1', 'd1', 'p1'), ('t2', 'd9', 'p9')) AS d (tenant, device, patient) ON d.tenant = t.id;
`;
