import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import type { Alert, AlertRecord } from '#libs/contracts';
import { createPool } from '#libs/platform/storage';
import {
  activeWebhooks,
  enqueueAlerts,
  LaneStore,
  wakeLanes,
  WebhookStore,
  DeliveryStore,
} from '#libs/platform/delivery';
import { createTestDatabase } from '#libs/testing';
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
class Endpoint {
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

describe('lanes on a real database and real endpoints', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: Pool;
  let counted: Pool;
  let webhooks: WebhookStore;
  let queries = 0;
  let sent: { outcome: string; seconds: number }[] = [];
  let stops: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url);
    // Everything that lanes ask goes through this one.
    counted = createPool(database.url);
    webhooks = new WebhookStore(pool);
    const query = counted.query.bind(counted) as (...args: unknown[]) => unknown;
    Object.assign(counted, {
      query: (...args: unknown[]) => {
        queries += 1;
        return query(...args);
      },
    });
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 't1') ON CONFLICT DO NOTHING`);
  }, 60_000);

  afterEach(async () => {
    for (const stop of stops.reverse()) await stop();
    stops = [];
    sent = [];
    await pool.query('DELETE FROM webhooks; DELETE FROM deliveries; DELETE FROM delivery_attempts');
  }, 30_000);

  afterAll(async () => {
    await counted.end();
    await pool.end();
    await database.drop();
  });

  async function subscribe(): Promise<{ id: string; endpoint: Endpoint }> {
    const endpoint = await Endpoint.start();
    stops.push(() => endpoint.stop());
    const id = randomUUID();
    const secret = `whsec_${Buffer.from('a-secret-of-the-lanes-tests').toString('base64')}`;
    await webhooks.create({
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

  async function serve(): Promise<void> {
    const deps: LaneDeps = {
      webhooks,
      store: new LaneStore(counted),
      rules: { allowedHosts: ['127.0.0.1'] },
      now: Date.now,
      onSent: ({ receivedAt }, outcome, { answeredAt }) =>
        sent.push({ outcome, seconds: (answeredAt - (receivedAt ?? answeredAt)) / 1000 }),
    };
    const lanes = new Lanes({ ...deps, databaseUrl: database.url, onProblem: () => undefined });
    await lanes.start();
    // Before the endpoints, so that what is on the way is cut off and not waited for.
    stops.unshift(() => lanes.stop());
  }

  async function enqueue(...records: readonly AlertRecord[]): Promise<void> {
    const client = await pool.connect();
    try {
      const webhooks = await activeWebhooks(client, records);
      await wakeLanes(client, await enqueueAlerts(client, records, webhooks, Date.now()));
    } finally {
      client.release();
    }
  }

  const raised = (over: Partial<Alert> = {}): AlertRecord => alertRecord(over);
  const pair = (patient: string): readonly AlertRecord[] => {
    const episode = randomUUID();
    return [raised({ episode, patient }), raised({ episode, patient, transition: 'resolved' })];
  };

  async function queriesDuring(ms: number): Promise<number> {
    queries = 0;
    await sleep(ms);
    return queries;
  }

  describe('a lane that has nothing to send asks the database less than once a second', () => {
    it('while the head of an episode waits and another message behind it', async () => {
      const { endpoint } = await subscribe();
      endpoint.answer = () => ({ status: 503, headers: { 'retry-after': '3600' } });
      await serve();
      await enqueue(...pair('p1'));
      await until(() => endpoint.got.length === 1);
      await sleep(300);
      expect(await queriesDuring(5000)).toBeLessThan(5);
      expect(endpoint.got).toHaveLength(1);
    }, 30_000);

    it('while an endpoint is down, tries included: raised and resolved queued ten minutes ago', async () => {
      const { endpoint } = await subscribe();
      endpoint.answer = () => ({ status: 503 });
      await enqueue(...pair('p1'));
      await pool.query(`UPDATE deliveries SET created_at = now() - interval '10 min', tries = 12, attempts = 12,
        next_attempt_at = now() WHERE type = 'alert.raised'`);
      await serve();
      await until(() => endpoint.got.length === 1);
      expect(await queriesDuring(5000)).toBeLessThan(5);
    }, 30_000);

    it('while idle, and while many endpoints wait', async () => {
      const many = await Promise.all(Array.from({ length: 30 }, () => subscribe()));
      many.slice(15).forEach(({ endpoint }) => {
        endpoint.answer = () => ({ status: 429, headers: { 'retry-after': '600' } });
      });
      await serve();
      await enqueue(...pair('p1'), ...pair('p2'));
      await until(() => many.every(({ endpoint }) => endpoint.got.length >= 2));
      await sleep(1000);
      expect(await queriesDuring(5000)).toBeLessThan(5);
    }, 40_000);

    it('while a dead endpoint has hundreds of messages of as many patients: rounds, not queries for each', async () => {
      const { endpoint } = await subscribe();
      endpoint.answer = () => ({ status: 500 });
      await serve();
      await enqueue(...Array.from({ length: 400 }, (_, i) => raised({ patient: `p${i}` })));
      await until(() => endpoint.got.length >= 400);
      // Each second: one look, and what came of its tries noted in a few rounds.
      expect(await queriesDuring(5000)).toBeLessThan(5 * 12);
    }, 40_000);
  });

  describe('what an endpoint refuses', () => {
    it('300 refused messages hold up neither a newer nor a more severe alert', async () => {
      const { endpoint } = await subscribe();
      endpoint.answer = ({ category }) => ({ status: category === 'technical' ? 422 : 200 });
      await serve();
      await enqueue(...Array.from({ length: 300 }, (_, i) => raised({ patient: `t${i}`, category: 'technical' })));
      await until(() => endpoint.got.length >= 100);
      const lags: number[] = [];
      for (let i = 0; i < 10; i += 1) {
        const severity = i % 2 === 0 ? ('high' as const) : ('low' as const);
        const began = Date.now();
        await enqueue(raised({ patient: `n${i}`, severity }));
        await until(() => endpoint.of(`n${i}`).length === 1);
        lags.push(Date.now() - began);
        await sleep(100);
      }
      expect(Math.max(...lags)).toBeLessThan(1000);
    }, 30_000);

    it('parks a refused message after three tries, and sends the rest of the episode', async () => {
      const { id, endpoint } = await subscribe();
      endpoint.answer = ({ transition }) => ({ status: transition === 'raised' ? 404 : 200 });
      await serve();
      await enqueue(...pair('p1'));
      await until(() => endpoint.of('p1').length === 4);
      expect(endpoint.of('p1').map(({ alert }) => alert.transition)).toEqual([
        'raised',
        'raised',
        'raised',
        'resolved',
      ]);
      await until(async () => (await statuses(id)).join() === 'delivered,parked');
      // Replayed, it has three tries again.
      await new DeliveryStore(pool).replay(1, id, { status: 'parked' }, Date.now());
      await until(() => endpoint.of('p1').length === 7);
      await until(async () => (await statuses(id)).join() === 'delivered,parked');
    }, 30_000);

    it('sends one message again under its id, and no other; one that waits for its next attempt at once', async () => {
      const { id, endpoint } = await subscribe();
      const store = new DeliveryStore(pool);
      await serve();
      await enqueue(raised({ patient: 'p1' }), raised({ patient: 'p2' }));
      await until(async () => (await statuses(id)).join() === 'delivered,delivered');
      const [first] = endpoint.of('p1');
      expect(await store.replayOne(1, id, first!.id, Date.now())).toBe(true);
      await until(() => endpoint.of('p1').length === 2);
      expect(endpoint.of('p1').map((got) => got.id)).toEqual([first!.id, first!.id]);
      await until(async () => (await statuses(id)).join() === 'delivered,delivered');
      expect(endpoint.of('p2')).toHaveLength(1);
      expect((await store.attempts(1, id, [first!.id])).get(first!.id)).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);

      endpoint.answer = (_, tries) => ({ status: tries < 3 ? 503 : 200, headers: { 'retry-after': '3600' } });
      await enqueue(raised({ patient: 'p3' }));
      await until(() => endpoint.of('p3').length === 1);
      const message = endpoint.of('p3')[0]!.id;
      await until(async () => (await store.attempts(1, id, [message])).has(message));
      for (const times of [2, 3]) {
        expect(await store.replayOne(1, id, message, Date.now())).toBe(true);
        await until(() => endpoint.of('p3').length === times);
        await until(async () => (await store.attempts(1, id, [message])).get(message)?.length === times);
      }
      await until(async () => !(await statuses(id)).includes('pending'));
      expect(await store.replayOne(1, id, randomUUID(), Date.now())).toBe(false);
      expect(await store.replayOne(2, id, message, Date.now())).toBe(false);
    }, 30_000);

    it.each([408, 425, 429, 500, 503, 302])(
      '%d is tried beyond three times',
      async (status) => {
        const { endpoint } = await subscribe();
        endpoint.answer = (_, tries) => ({ status: tries < 4 ? status : 200 });
        await serve();
        await enqueue(raised());
        await until(() => sent.some(({ outcome }) => outcome === 'delivered'));
        expect(endpoint.got).toHaveLength(4);
      },
      30_000,
    );

    it.each([
      ['seconds', () => '3'],
      ['a date', () => new Date(Date.now() + 4000).toUTCString()],
    ])(
      'Retry-After in %s holds for its message, whatever else succeeds',
      async (_, header) => {
        const { endpoint } = await subscribe();
        endpoint.answer = ({ patient }, tries) =>
          patient === 'busy' && tries === 1 ? { status: 429, headers: { 'retry-after': header() } } : { status: 200 };
        await serve();
        await enqueue(raised({ patient: 'busy' }));
        await until(() => endpoint.of('busy').length === 1);
        for (let i = 0; i < 8; i += 1) {
          await enqueue(raised({ patient: `other${i}` }));
          await sleep(200);
        }
        expect(endpoint.got).toHaveLength(9);
        await until(() => endpoint.of('busy').length === 2);
        const [first, second] = endpoint.of('busy');
        const waited = (second?.at ?? 0) - (first?.at ?? 0);
        expect([waited >= 2990, waited < 5500]).toEqual([true, true]);
      },
      30_000,
    );
  });

  describe('slow answers', () => {
    it('one, or many, hold up neither another patient nor another endpoint', async () => {
      const slow = await subscribe();
      const well = await subscribe();
      slow.endpoint.answer = ({ patient }) =>
        patient.startsWith('slow') ? { status: 200, afterMs: Infinity } : { status: 200 };
      await serve();
      await enqueue(...Array.from({ length: 100 }, (_, i) => raised({ patient: `slow${i}` })));
      const began = Date.now();
      await until(() => well.endpoint.got.length === 100);
      await until(() => slow.endpoint.got.length === 100);
      expect(Date.now() - began).toBeLessThan(5000);
      const asked = Date.now();
      await enqueue(raised({ patient: 'urgent', severity: 'high' }));
      await until(() => slow.endpoint.of('urgent').length === 1);
      expect(Date.now() - asked).toBeLessThan(1000);
      // Noted at once, not with the slowest.
      await until(
        async () =>
          (await pool.query(`SELECT 1 FROM deliveries WHERE webhook = $1 AND status = 'delivered'`, [slow.id]))
            .rowCount === 1,
      );
      expect(Date.now() - asked).toBeLessThan(1500);
    }, 60_000);

    it('count as long as they took: the time of a delivery ends with its answer', async () => {
      const { endpoint } = await subscribe();
      endpoint.answer = (_, tries) => (tries === 1 ? { status: 503 } : { status: 200, afterMs: 700 });
      await serve();
      await enqueue(alertRecord({}, Date.now() - 5000));
      await until(() => sent.length === 2);
      expect(sent.map(({ outcome }) => outcome)).toEqual(['retry', 'delivered']);
      expect(sent[1]?.seconds).toBeGreaterThan(6.4);
      expect(sent[1]?.seconds).toBeLessThan(9);
    }, 30_000);
  });

  it('a more severe alert that waits behind the head of its episode counts for the head', async () => {
    const { id } = await subscribe();
    const episode = randomUUID();
    const low = raised({ patient: 'low', severity: 'low' });
    const head = raised({ patient: 'rising', episode, severity: 'low' });
    const medium = raised({ patient: 'medium', severity: 'medium' });
    await enqueue(low, head, medium, raised({ patient: 'rising', episode, severity: 'high', transition: 'escalated' }));
    const store = new LaneStore(pool);
    const asked = { now: Date.now(), inFlight: [], fresh: 10, again: 10 };
    const view = await store.look(1, id, asked);
    expect(view?.fresh.map(({ message }) => message)).toEqual([head, medium, low].map(({ transition }) => transition));
    expect(view?.fresh.map(({ followed }) => followed)).toEqual([true, false, false]);
    const later = await store.look(1, id, { ...asked, inFlight: [head.transition], fresh: 1 });
    expect(later?.fresh.map(({ message }) => message)).toEqual([medium.transition]);
    expect(later?.followed).toEqual([head.transition]);
  });

  it('order within an episode holds whatever fails in between', async () => {
    const { endpoint } = await subscribe();
    endpoint.answer = (_, tries) => ({ status: tries === 1 ? 503 : 200 });
    await serve();
    const episodes = Array.from({ length: 20 }, () => randomUUID());
    const transitions = ['raised', 'escalated', 'resolved'] as const;
    for (const transition of transitions) {
      await enqueue(...episodes.map((episode) => raised({ episode, transition, patient: episode })));
    }
    await until(() => sent.filter(({ outcome }) => outcome === 'delivered').length === 60, 30_000);
    for (const episode of episodes) {
      const order = endpoint.of(episode).map(({ alert }) => alert.transition);
      expect(order).toEqual(transitions.flatMap((transition) => [transition, transition]));
    }
  }, 60_000);

  async function statuses(webhook: string): Promise<readonly string[]> {
    const { rows } = await pool.query<{ status: string }>(
      'SELECT status FROM deliveries WHERE webhook = $1 ORDER BY status',
      [webhook],
    );
    return rows.map(({ status }) => status);
  }
});

async function until(condition: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`did not come true within ${withinMs} ms`);
    await sleep(10);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
