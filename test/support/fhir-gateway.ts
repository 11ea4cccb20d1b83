import type { Pool } from 'pg';
import type { Access } from '#libs/platform/auth';
import { readConfig } from '#libs/platform/config';
import { bootstrap } from '#libs/platform/http';
import type { Platform } from '#libs/platform/runtime';
import { createLogger, createMetrics, Readiness } from '#libs/platform/telemetry';
import { PostgresEventLog } from '#libs/platform/messaging';
import { createPool } from '#libs/platform/storage';
import { createTestDatabase } from '#libs/testing';
import { FhirGatewayModule } from '../../apps/fhir-gateway/src/fhir-gateway.module.js';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // Tests look into answers of any shape.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any;
}

/** The EHR gateway on a free port, on a database of its own. Tokens are `<tenant key> <scope> <scope>…`, in base64; `client=<id>` among the scopes names the client. */
export class TestFhirGateway {
  private constructor(
    readonly url: string,
    readonly pool: Pool,
    readonly log: PostgresEventLog,
    /** Requests that have come so far. */
    readonly arrived: () => number,
    private readonly metricsText: () => Promise<string>,
    readonly close: () => Promise<void>,
  ) {}

  static async open(connections = 10): Promise<TestFhirGateway> {
    const database = await createTestDatabase();
    const pool = createPool(database.url, { max: connections });
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'one'), (2, 'two')`);
    const log = new PostgresEventLog({ pool, databaseUrl: database.url });
    const metrics = createMetrics();
    const closing = new AbortController();
    let arrived = 0;
    const platform = {
      config: readConfig({ PORT: '0' }, 'fhir-gateway'),
      logger: createLogger({ level: 'silent', role: 'fhir-gateway' }),
      metrics,
      databaseUrl: database.url,
      pool,
      log,
      tokens: { verifyToken: (token: string) => Promise.resolve(accessOf(token)) },
      limits: { request: () => Promise.resolve(void (arrived += 1)) },
      readiness: new Readiness(log, metrics),
      closing: closing.signal,
    } as unknown as Platform;
    const server = await bootstrap([FhirGatewayModule.forRoot(platform)], platform);
    return new TestFhirGateway(
      server.url,
      pool,
      log,
      () => arrived,
      async () => (await metrics.render()).body,
      async () => {
        await server.close();
        await log.close();
        await pool.end();
        await database.drop();
      },
    );
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> {
    const response = await fetch(`${this.url}/fhir/r4${path}`, {
      method,
      headers: {
        authorization: `Bearer ${tokenOf(1, 'system/*.cruds')}`,
        ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: text === '' ? undefined : JSON.parse(text),
    };
  }

  /** Values of the log, oldest first. */
  async records(): Promise<readonly Record<string, unknown>[]> {
    const { rows } = await this.pool.query<{ value: string }>(
      'SELECT value FROM log_records ORDER BY appended_at, "offset"',
    );
    return rows.map((row) => JSON.parse(row.value) as Record<string, unknown>);
  }

  async count(table: string): Promise<number> {
    const { rows } = await this.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
    return rows[0]?.n ?? 0;
  }

  metrics(): Promise<string> {
    return this.metricsText();
  }
}

/** A FHIRPath Patch: one operation of these parts each. */
export function patchParameters(...operations: readonly Readonly<Record<string, unknown>>[]): object {
  return {
    resourceType: 'Parameters',
    parameter: operations.map((parts) => ({
      name: 'operation',
      part: Object.entries(parts).map(([name, value]) => ({ name, ...(value as object) })),
    })),
  };
}

/** Path of the next page, where there is one. */
export function nextPage({ json }: Reply): string | undefined {
  const links = json.link as readonly { readonly relation: string; readonly url: string }[];
  return links.find(({ relation }) => relation === 'next')?.url.split('/fhir/r4')[1];
}

export function tokenOf(tenant: number, ...scopes: readonly string[]): string {
  return Buffer.from([tenant, ...scopes].join(' ')).toString('base64');
}

function accessOf(token: string): Access | undefined {
  const [tenant, ...scopes] = Buffer.from(token, 'base64').toString().split(' ');
  const key = Number(tenant);
  return Number.isInteger(key) && key > 0
    ? { tenant: { id: `tenant-${key}`, key }, client: clientOf(scopes), scopes }
    : undefined;
}

function clientOf(scopes: readonly string[]): string {
  return scopes.find((scope) => scope.startsWith('client='))?.slice('client='.length) ?? 'test-client';
}

export type Resource = { readonly resourceType: string } & Readonly<Record<string, unknown>>;

export function transaction(...entry: readonly object[]): object {
  return { resourceType: 'Bundle', type: 'transaction', entry };
}

export function batch(...entry: readonly object[]): object {
  return { resourceType: 'Bundle', type: 'batch', entry };
}

export function post(resource: Resource, fullUrl?: string): object {
  return {
    ...(fullUrl === undefined ? {} : { fullUrl }),
    resource,
    request: { method: 'POST', url: resource.resourceType },
  };
}

export function put(resource: Resource, more: object = {}): object {
  return { resource, request: { method: 'PUT', url: `${resource.resourceType}/${String(resource['id'])}`, ...more } };
}

export function patient(more: object = {}): Resource {
  return { resourceType: 'Patient', birthDate: '1970-01-02', ...more };
}

export function heartRate(subject: string, value: number, more: object = {}): Resource {
  return {
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
    subject: { reference: subject },
    effectiveDateTime: '2026-01-02T03:04:05Z',
    valueQuantity: { value, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
    ...more,
  };
}
