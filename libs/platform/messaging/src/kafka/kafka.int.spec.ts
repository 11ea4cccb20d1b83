import { createHook } from 'node:async_hooks';
import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { CONTRACT_TOPIC_PARTITIONS, createTestDatabase, describeEventLog, PostgresSink } from '#libs/testing';
import type { ConsumeOptions } from '../log/event-log.js';
import { KafkaConsumer } from './kafka-consumer.js';
import { ensureTopics } from './kafka-topics.js';
import { KafkaEventLog } from './kafka.js';
import { CONTRACT_PARTITIONS } from '../log/topic-partitions.js';

const brokers = brokersOf(process.env['KAFKA_BROKERS']);
const clientId = 'contract';

describeEventLog('kafka', async () => {
  const database = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: database.url, max: 12 });
  return {
    open: async (topic, options) => {
      const partitions = { ...CONTRACT_PARTITIONS, [topic]: CONTRACT_TOPIC_PARTITIONS };
      await ensureTopics({ brokers, clientId, partitions });
      // A consumer that a test cuts off for good should not try for long.
      return new KafkaEventLog({ brokers, clientId, partitions, memberRetries: 2, ...options });
    },
    sink: () => PostgresSink.create(pool),
    abandon: async (_, consumer) => (consumer as KafkaConsumer).abandon(),
    close: async () => {
      await pool.end();
      await database.drop();
    },
  };
});

describe('kafka event log', () => {
  it('arms few timers while idle', async () => {
    const topic = `timers-${Date.now()}`;
    const partitions = { ...CONTRACT_PARTITIONS, [topic]: 4 };
    await ensureTopics({ brokers, clientId, partitions });
    const log = new KafkaEventLog({ brokers, clientId, partitions });
    await log.consume({ group: topic, topic, maxBatch: 10, onBatch: async () => ({ kind: 'applied' }) });
    await log.append([{ topic, key: 'a', value: '1' }]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    let timers = 0;
    const hook = createHook({ init: (_, type) => void (type === 'Timeout' && timers++) }).enable();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    hook.disable();
    await log.close();
    // The defect makes about a thousand per second and connection; fetches and heartbeats make about ten.
    expect(timers).toBeLessThan(200);
    expect(timers).toBeGreaterThan(0);
    console.log(`idle Kafka client: ${timers / 2} timers per second`);
  }, 30_000);

  it('leaves the group when it is stopped while it still connects, as when it joins anew', async () => {
    const topic = `stopped-early-${Date.now()}`;
    const partitions = { ...CONTRACT_PARTITIONS, [topic]: CONTRACT_TOPIC_PARTITIONS };
    await ensureTopics({ brokers, clientId, partitions });
    const member: ConsumeOptions = { group: topic, topic, maxBatch: 10, onBatch: async () => ({ kind: 'applied' }) };
    const gone = new KafkaEventLog({ brokers, clientId, partitions });
    const log = new KafkaEventLog({ brokers, clientId, partitions });
    const joining = gone.consume(member);
    await gone.close();
    const stopped = await joining;
    try {
      expect(stopped.state()).toEqual({ kind: 'stopped' });
      const given = Promise.withResolvers<readonly number[]>();
      await log.consume({ ...member, onAssigned: given.resolve });
      // One that stayed behind would have half of them, and keep them.
      expect(await given.promise).toEqual([0, 1, 2, 3]);
    } finally {
      (stopped as KafkaConsumer).abandon();
      await log.close();
    }
  }, 30_000);

  it('refuses to start on a topic with another number of partitions', async () => {
    const topic = `count-${Date.now()}`;
    await ensureTopics({ brokers, clientId, partitions: { [topic]: 2 } });
    await expect(ensureTopics({ brokers, clientId, partitions: { [topic]: 3 } })).rejects.toThrow(
      'has 2 partitions, not 3',
    );
  }, 30_000);

  it('reports that it is unhealthy when there is no broker, and rejects appends', async () => {
    const log = new KafkaEventLog({ brokers: ['127.0.0.1:1'], clientId });
    const appending = log.append([{ topic: 'homeostat.alerts.v1', key: 'a', value: '1' }]);
    await expect(appending).rejects.toThrow();
    expect(log.healthy()).toBe(false);
    await log.close();
  }, 60_000);
});

function brokersOf(setting: string | undefined): string[] {
  if (setting === undefined) throw new Error('KAFKA_BROKERS is not set: run through `npm test`');
  return setting.split(',');
}
