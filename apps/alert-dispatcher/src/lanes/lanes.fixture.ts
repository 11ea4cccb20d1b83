import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Pool } from 'pg';
import type { Alert, AlertRecord } from '#libs/contracts';
import { activeWebhooks, enqueueAlerts, LaneStore, wakeLanes, WebhookStore } from '#libs/platform/delivery';
import { createPool } from '#libs/platform/storage';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { alertRecord } from '../../../../test/support/alert-record.js';
import type { LaneDeps } from './endpoint-lane.js';
import { Lanes } from './lanes.js';

interface Got {
  readonly at: number;
  readonly alert: Alert;
  readonly id: string;
}
type Answer = { readonly status: number; readonly afterMs?: number; readonly headers?: Record<string, string> };

/** An endpoint that answers each alert as configured, perhaps never (`afterMs: Infinity`). */
export class Endpoint {
  readonly got: Got[] = [];
  answer: (alert: Alert, tries: number) => Answer = () => ({ status: 200 });
  private readonly tries = new Map<string, number>();
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<Endpoint> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = new Endpoint(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { data } = JSON.parse(Buffer.concat(chunks).toString()) as { data: Alert };
        const id = String(request.headers['webhook-id']);
        const tries = (endpoint.tries.get(id) ?? 0) + 1;
        endpoint.tries.set(id, tries);
        endpoint.got.push({ at: Date.now(), alert: data, id });
        const { status, afterMs = 0, headers = {} } = endpoint.answer(data, tries);
        if (afterMs !== Infinity) setTimeout(() => response.writeHead(status, headers).end(), afterMs);
      });
    });
    return endpoint;
  }

  of(patient: string): readonly Got[] {
    return this.got.filter(({ alert }) => alert.patient === patient);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Lanes on a database of their own, and endpoints that subscribe to every alert. */
export class TestLanes {
  /** What came of each try, and the time from receipt to answer. */
  sent: { outcome: string; seconds: number }[] = [];
  private queries = 0;
  private stops: (() => Promise<unknown>)[] = [];

  private constructor(
    private readonly database: TestDatabase,
    readonly pool: Pool,
    /** Everything that lanes ask goes through this one. */
    private readonly counted: Pool,
    private readonly webhooks = new WebhookStore(pool),
  ) {
    const query = counted.query.bind(counted) as (...args: unknown[]) => unknown;
    Object.assign(counted, {
      query: (...args: unknown[]) => {
        this.queries += 1;
        return query(...args);
      },
    });
  }

  static async open(): Promise<TestLanes> {
    const database = await createTestDatabase();
    const pool = createPool(database.url);
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 't1') ON CONFLICT DO NOTHING`);
    return new TestLanes(database, pool, createPool(database.url));
  }

  /** Ends what a test started, and forgets what it queued. */
  async reset(): Promise<void> {
    for (const stop of this.stops.reverse()) await stop();
    this.stops = [];
    this.sent = [];
    await this.pool.query('DELETE FROM webhooks; DELETE FROM deliveries; DELETE FROM delivery_attempts');
  }

  async close(): Promise<void> {
    await this.counted.end();
    await this.pool.end();
    await this.database.drop();
  }

  async subscribe(): Promise<{ id: string; endpoint: Endpoint }> {
    const endpoint = await Endpoint.start();
    this.stops.push(() => endpoint.stop());
    const id = randomUUID();
    const secret = `whsec_${Buffer.from('a-secret-of-the-lanes-tests').toString('base64')}`;
    await this.webhooks.create({
      tenant: 1,
      id,
      url: endpoint.url,
      secret,
      filter: {},
      description: null,
      createdBy: 'test',
    });
    return { id, endpoint };
  }

  async serve(): Promise<void> {
    const deps: LaneDeps = {
      webhooks: this.webhooks,
      store: new LaneStore(this.counted),
      rules: { allowedHosts: ['127.0.0.1'] },
      now: Date.now,
      onSent: ({ receivedAt }, outcome, { answeredAt }) =>
        this.sent.push({ outcome, seconds: (answeredAt - (receivedAt ?? answeredAt)) / 1000 }),
    };
    const lanes = new Lanes({ ...deps, databaseUrl: this.database.url, onProblem: () => undefined });
    await lanes.start();
    // Before the endpoints, so that what is on the way is cut off and not waited for.
    this.stops.unshift(() => lanes.stop());
  }

  async enqueue(...records: readonly AlertRecord[]): Promise<void> {
    const client = await this.pool.connect();
    try {
      const webhooks = await activeWebhooks(client, records);
      await wakeLanes(client, await enqueueAlerts(client, records, webhooks, Date.now()));
    } finally {
      client.release();
    }
  }

  async queriesDuring(ms: number): Promise<number> {
    this.queries = 0;
    await sleep(ms);
    return this.queries;
  }

  async statuses(webhook: string): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ status: string }>(
      'SELECT status FROM deliveries WHERE webhook = $1 ORDER BY status',
      [webhook],
    );
    return rows.map(({ status }) => status);
  }
}

export const raised = (over: Partial<Alert> = {}): AlertRecord => alertRecord(over);
export const pair = (patient: string): readonly AlertRecord[] => {
  const episode = randomUUID();
  return [raised({ episode, patient }), raised({ episode, patient, transition: 'resolved' })];
};

export async function until(condition: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`did not come true within ${withinMs} ms`);
    await sleep(10);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
