import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { TOPICS, twinKey, type Alert, type AlertRecord, type Transition } from '#libs/contracts';
import { PostgresEventLog, type Consumer, type EventLog } from '#libs/platform/messaging';
import { createPool } from '#libs/platform/storage';
import { DeliveryStore, LaneStore, WebhookStore, type WebhookFilter } from '#libs/platform/delivery';
import type { SecretBox } from '#libs/platform/secrets';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { WebhookReceiver } from '../../../test/support/webhook-receiver.js';
import { alertRecord } from '../../../test/support/alert-record.js';
import { Lanes } from './lanes/lanes.js';
import { startPipeline } from './pipeline.js';

const SECRET = `whsec_${Buffer.from('a-secret-of-the-dispatcher-tests').toString('base64')}`;

export function record(episode: string, transition: Transition, over: Partial<Alert> = {}): AlertRecord {
  return alertRecord({ episode, transition, ...over });
}

/** Dispatchers on a database of their own, and endpoints that subscribe. */
export class DispatcherBench {
  readonly webhooks: WebhookStore;
  readonly deliveries: DeliveryStore;
  private readonly log: EventLog;
  private stops: (() => Promise<unknown>)[] = [];

  private constructor(
    private readonly database: TestDatabase,
    readonly pool: Pool,
  ) {
    this.log = new PostgresEventLog({ pool, databaseUrl: database.url });
    this.webhooks = new WebhookStore(pool);
    this.deliveries = new DeliveryStore(pool);
  }

  static async open(): Promise<DispatcherBench> {
    const database = await createTestDatabase();
    const pool = createPool(database.url);
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 't1') ON CONFLICT DO NOTHING`);
    return new DispatcherBench(database, pool);
  }

  /** Stops what was started, newest first, and forgets subscriptions and deliveries. */
  async clear(): Promise<void> {
    for (const stop of this.stops.reverse()) await stop();
    this.stops = [];
    await this.pool.query('DELETE FROM webhooks; DELETE FROM deliveries; DELETE FROM delivery_attempts');
  }

  async close(): Promise<void> {
    await this.log.close();
    await this.pool.end();
    await this.database.drop();
  }

  async subscribe(filter: WebhookFilter = {}): Promise<{ id: string; receiver: WebhookReceiver }> {
    const receiver = await WebhookReceiver.start();
    receiver.secret = SECRET;
    this.stops.push(() => receiver.stop());
    const id = randomUUID();
    await this.webhooks.create({
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

  async dispatch(box?: SecretBox): Promise<{ lanes: Lanes; consumer: Consumer; problems: Error[] }> {
    const problems: Error[] = [];
    const lanes = new Lanes({
      databaseUrl: this.database.url,
      webhooks: this.webhooks,
      store: new LaneStore(this.pool, box),
      rules: { allowedHosts: ['127.0.0.1'] },
      now: Date.now,
      onSent: () => undefined,
      onProblem: (problem) => problems.push(problem),
    });
    await lanes.start();
    const consumer = await startPipeline({
      pool: this.pool,
      log: this.log,
      now: Date.now,
      onDeadLetters: () => undefined,
      onFailed: () => undefined,
    });
    this.stops.push(
      () => consumer.stop(),
      () => lanes.stop(),
    );
    return { lanes, consumer, problems };
  }

  append(...records: readonly AlertRecord[]): Promise<unknown> {
    return this.log.append(
      records.map((r) => ({
        topic: TOPICS.alerts,
        key: twinKey(r.tenant, 'patient', r.patient),
        value: JSON.stringify(r),
      })),
    );
  }
}
