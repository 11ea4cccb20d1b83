import { parseEncryptionKeys, type EncryptionKeys } from '#libs/platform/config';
import { reencryptSecrets, SecretBox } from '#libs/platform/secrets';
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { TOPICS, twinKey, type Alert, type AlertRecord, type Transition } from '#libs/contracts';
import { PostgresEventLog, type Consumer, type EventLog } from '#libs/platform/messaging';
import { createPool } from '#libs/platform/storage';
import { DeliveryStore, LaneStore, matchesFilter, WebhookStore, type WebhookFilter } from '#libs/platform/delivery';
import { createTestDatabase } from '#libs/testing';
import { WebhookReceiver } from '../../../test/support/webhook-receiver.js';
import { alertRecord } from '../../../test/support/alert-record.js';
import { Lanes } from './lanes/lanes.js';
import { startPipeline } from './pipeline.js';

const SECRET = `whsec_${Buffer.from('a-secret-of-the-dispatcher-tests').toString('base64')}`;
function record(episode: string, transition: Transition, over: Partial<Alert> = {}): AlertRecord {
  return alertRecord({ episode, transition, ...over });
}

const KEY_1 = `k1:${randomBytes(32).toString('base64')}`;
const KEY_2 = `k2:${randomBytes(32).toString('base64')}`;

function boxOf(keys: string): SecretBox {
  return new SecretBox(parseEncryptionKeys(keys) as EncryptionKeys);
}

describe('the dispatcher on a real database and real endpoints', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: Pool;
  let log: EventLog;
  let webhooks: WebhookStore;
  let deliveries: DeliveryStore;
  let stops: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url);
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 't1') ON CONFLICT DO NOTHING`);
    log = new PostgresEventLog({ pool, databaseUrl: database.url });
    webhooks = new WebhookStore(pool);
    deliveries = new DeliveryStore(pool);
  }, 60_000);

  afterEach(async () => {
    for (const stop of stops.reverse()) await stop();
    stops = [];
    await pool.query('DELETE FROM webhooks; DELETE FROM deliveries; DELETE FROM delivery_attempts');
  });

  afterAll(async () => {
    await log.close();
    await pool.end();
    await database.drop();
  });

  async function subscribe(filter: WebhookFilter = {}): Promise<{ id: string; receiver: WebhookReceiver }> {
    const receiver = await WebhookReceiver.start();
    receiver.secret = SECRET;
    stops.push(() => receiver.stop());
    const id = randomUUID();
    await webhooks.create({
      tenant: 1,
      id,
      url: receiver.url,
      secret: SECRET,
      filter,
      description: null,
      createdBy: 'test',
    });
    return { id, receiver };
  }

  async function dispatch(box?: SecretBox): Promise<{ lanes: Lanes; consumer: Consumer; problems: Error[] }> {
    const problems: Error[] = [];
    const lanes = new Lanes({
      databaseUrl: database.url,
      webhooks,
      store: new LaneStore(pool, box),
      rules: { allowedHosts: ['127.0.0.1'] },
      now: Date.now,
      onSent: () => undefined,
      onProblem: (problem) => problems.push(problem),
    });
    await lanes.start();
    const consumer = await startPipeline({
      pool,
      log,
      now: Date.now,
      onDeadLetters: () => undefined,
      onFailed: () => undefined,
    });
    stops.push(
      () => consumer.stop(),
      () => lanes.stop(),
    );
    return { lanes, consumer, problems };
  }

  function append(...records: readonly AlertRecord[]): Promise<unknown> {
    return log.append(
      records.map((r) => ({
        topic: TOPICS.alerts,
        key: twinKey(r.tenant, 'patient', r.patient),
        value: JSON.stringify(r),
      })),
    );
  }

  it('signs and delivers, in order per episode, each message under an id of its own', async () => {
    const { receiver } = await subscribe();
    await dispatch();
    const episode = randomUUID();
    const told = [record(episode, 'raised'), record(episode, 'escalated'), record(episode, 'resolved')];
    await append(...told);
    await receiver.waitFor((all) => all.length === 3, 10_000);
    expect(receiver.received.map((message) => message.type)).toEqual([
      'alert.raised',
      'alert.escalated',
      'alert.resolved',
    ]);
    expect(receiver.received.map((message) => message.id)).toEqual(told.map((r) => r.transition));
    expect(receiver.received.map((message) => message.data.sequence)).toEqual(told.map((r) => r.sequence));
    expect(receiver.received.every((message) => message.signed)).toBe(true);
  });

  it('queues a repeated record once', async () => {
    const { receiver } = await subscribe();
    await dispatch();
    const twice = record(randomUUID(), 'raised');
    const after = record(randomUUID(), 'raised');
    await append(twice, twice);
    await append(twice, after);
    await receiver.waitFor((all) => all.some((message) => message.id === after.transition), 10_000);
    expect(receiver.received.map((message) => message.id)).toEqual([twice.transition, after.transition]);
  });

  it('applies the filter, and sends the rest of an episode that it has begun to send', async () => {
    const { receiver } = await subscribe({ severity: ['high'] });
    await dispatch();
    const episode = randomUUID();
    const last = record(randomUUID(), 'raised', { severity: 'high' });
    await append(
      record(episode, 'raised', { severity: 'medium' }),
      record(episode, 'escalated', { severity: 'high' }),
      record(episode, 'deescalated', { severity: 'medium' }),
      last,
    );
    await receiver.waitFor((all) => all.length >= 3, 10_000);
    const ofEpisode = receiver.received.filter((message) => message.data.episode === episode);
    expect(ofEpisode.map((message) => message.type)).toEqual(['alert.escalated', 'alert.deescalated']);
  });

  it('tries again until the endpoint answers, keeps the order, and notes the attempts', async () => {
    const { id, receiver } = await subscribe();
    receiver.answer = 503;
    await dispatch();
    const episode = randomUUID();
    await append(record(episode, 'raised'), record(episode, 'resolved'));
    await waitUntil(() => receiver.requests >= 2);
    receiver.answer = 200;
    await receiver.waitFor((all) => all.length === 2, 15_000);
    expect(receiver.received.map((message) => message.type)).toEqual(['alert.raised', 'alert.resolved']);
    await waitUntil(async () =>
      (await deliveries.list(1, id, { limit: 10 })).items.every((item) => item.status === 'delivered'),
    );
    const first = receiver.received[0]?.id ?? '';
    const attempts = (await deliveries.attempts(1, id, [first])).get(first) ?? [];
    expect(attempts.length).toBeGreaterThanOrEqual(2);
    expect(attempts[0]).toMatchObject({ attempt: 1, status: 503, error: 'answered 503' });
    expect(attempts.at(-1)).toMatchObject({ status: 200, error: null });
  }, 30_000);

  it('delivers with a valid signature what waited while the key that encrypts secrets was rotated', async () => {
    const [one, both, two] = [boxOf(KEY_1), boxOf(`${KEY_2},${KEY_1}`), boxOf(KEY_2)];
    const { receiver } = await subscribe();
    await reencryptSecrets(pool, one);
    receiver.answer = 503;
    const before = await dispatch(one);
    await append(record(randomUUID(), 'raised'));
    await waitUntil(() => receiver.requests >= 1);
    await before.consumer.stop();
    await before.lanes.stop();
    await reencryptSecrets(pool, both);
    receiver.answer = 200;
    await dispatch(two);
    await receiver.waitFor((all) => all.length === 1, 15_000);
  }, 30_000);

  it('without the key sends nothing, loses nothing and says why; with it the message goes out', async () => {
    const { id, receiver } = await subscribe();
    await reencryptSecrets(pool, boxOf(KEY_1));
    const without = await dispatch(boxOf(KEY_2));
    await append(record(randomUUID(), 'raised'));
    await waitUntil(() => without.problems.length > 0);
    expect(without.problems[0]?.message).toBe('a secret is encrypted by the key k1, which is not given');
    await without.consumer.stop();
    await without.lanes.stop();
    expect(receiver.requests).toBe(0);
    expect((await deliveries.list(1, id, { limit: 10 })).items).toMatchObject([{ status: 'pending', attempts: 0 }]);
    await dispatch(boxOf(KEY_1));
    await receiver.waitFor((all) => all.length === 1, 15_000);
  }, 30_000);

  it('410 disables the webhook and parks what waits; made active again, a replay delivers it', async () => {
    const { id, receiver } = await subscribe();
    receiver.answer = 410;
    await dispatch();
    await append(record(randomUUID(), 'raised'));
    await waitUntil(async () => (await webhooks.get(1, id))?.status === 'disabled');
    expect((await webhooks.get(1, id))?.statusReason).toContain('410');
    await waitUntil(async () => (await deliveries.list(1, id, { limit: 10, status: 'parked' })).items.length === 1);
    receiver.answer = 200;
    await webhooks.update(1, id, { status: 'active' });
    expect(await deliveries.replay(1, id, { status: 'parked' }, Date.now())).toBe(1);
    await receiver.waitFor((all) => all.length === 1, 10_000);
  }, 30_000);

  it('a replay of a time sends what the filter wants, as live delivery does', async () => {
    const told = [
      {},
      { category: 'technical' },
      { severity: 'high' },
      { patient: 'p2' },
      { rule: { id: 'glucose-very-low', version: '1.0.0', title: '' } },
      {
        rule: { id: 'glucose-very-low', version: '1.0.0', title: '' },
        suppressed: [{ rule: 'glucose-low', reason: 'same-cause' }],
      },
    ] satisfies Partial<Alert>[];
    const records = told.map((over) => record(randomUUID(), 'raised', over));
    for (const { alert, transition, sequence: at } of records) {
      await pool.query(
        `INSERT INTO alert_transitions (tenant, episode, sequence, id, transition, at, recorded_at, alert) VALUES (1, $1, $2, $3, 'raised', now(), now(), $4)`,
        [alert.episode, at, transition, JSON.stringify(alert)],
      );
    }
    const filters: WebhookFilter[] = [
      {},
      { category: 'physiological' },
      { category: 'technical' },
      { severity: ['high'] },
      { rules: ['glucose-low'] },
      { rules: ['glucose-very-low'], category: 'physiological' },
      { patients: ['Patient/p2', 'p3'] },
    ];
    for (const filter of filters) {
      const { id } = await subscribe(filter);
      await deliveries.replay(1, id, { from: Date.now() - 60_000 }, Date.now());
      const queued = (await deliveries.list(1, id, { limit: 10 })).items.map(({ message }) => message);
      const wanted = records.filter(({ alert }) => matchesFilter(alert, filter)).map(({ transition }) => transition);
      expect([filter, queued.toSorted()]).toEqual([filter, wanted.toSorted()]);
    }
  });

  it('a dead endpoint does not delay another', async () => {
    const dead = await subscribe();
    dead.receiver.answer = 500;
    const well = await subscribe();
    await dispatch();
    await append(...Array.from({ length: 50 }, () => record(randomUUID(), 'raised')));
    await well.receiver.waitFor((all) => all.length === 50, 10_000);
    expect(dead.receiver.received).toHaveLength(0);
  });

  it('when the dispatcher that holds a lane is gone, another takes it', async () => {
    const { receiver } = await subscribe();
    const first = await dispatch();
    await append(record(randomUUID(), 'raised'));
    await receiver.waitFor((all) => all.length === 1, 10_000);
    await dispatch();
    // As a crash does: the server ends the connection that holds the locks.
    await pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'homeostat-lanes' AND datname = current_database()`,
    );
    await append(record(randomUUID(), 'raised'));
    await receiver.waitFor((all) => all.length === 2, 10_000);
    expect(first.problems.length).toBeGreaterThan(0);
  }, 30_000);

  it('leaves no connection when it is stopped while it reconnects', async () => {
    const dispatcher = await dispatch();
    await pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'homeostat-lanes' AND datname = current_database()`,
    );
    await waitUntil(() => dispatcher.problems.length > 0);
    // What follows each test stops it, and refuses a database with connections.
  }, 30_000);

  it('refuses to follow redirects', async () => {
    const { id, receiver } = await subscribe();
    receiver.answer = 302;
    await dispatch();
    await append(record(randomUUID(), 'raised'));
    await waitUntil(async () => ((await deliveries.list(1, id, { limit: 1 })).items[0]?.attempts ?? 0) >= 1);
    expect((await deliveries.list(1, id, { limit: 1 })).items[0]).toMatchObject({ status: 'pending', lastStatus: 302 });
  });
});

async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('the condition did not come true within 15 s');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
