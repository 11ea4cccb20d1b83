import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { until } from '../until.js';
import { append, keyOf, range, Seen } from './contract-records.js';
import { CONTRACT_TOPIC_PARTITIONS, type ContractRun } from './contract-run.js';
import { partitionOf } from '#libs/platform/messaging';

/** Where a consumer stands: after a stop, by its own store, by a seek, while it is paused. */
export function describePlaces({ newTopic, open }: ContractRun): void {
  it('resumes after a stop at the offset of the group, and another group starts at the first record', async () => {
    const topic = newTopic();
    const log = await open(topic);
    await append(log, topic, 0, 100);
    const first = new Seen();
    const consumer = await log.consume({ group: 'g1', topic, maxBatch: 10, onBatch: first.take });
    await until(() => first.records.length >= 100);
    await consumer.stop();
    expect(consumer.state().kind).toBe('stopped');
    await append(log, topic, 100, 150);
    const again = await open(topic);
    const continued = new Seen();
    const fresh = new Seen();
    await again.consume({ group: 'g1', topic, maxBatch: 10, onBatch: continued.take });
    await again.consume({ group: 'g2', topic, maxBatch: 10, onBatch: fresh.take });
    await until(() => continued.records.length >= 50 && fresh.records.length >= 150);
    expect(continued.numbers()).toEqual(range(100, 150));
    expect(fresh.numbers()).toEqual(range(0, 150));
  });

  it("starts at the consumer's own offset when it has a store", async () => {
    const topic = newTopic();
    const log = await open(topic);
    await log.append(range(0, 20).map((i) => ({ topic, key: '1/p1', value: String(i) })));
    const partition = partitionOf('1/p1', CONTRACT_TOPIC_PARTITIONS);
    const seen = new Seen();
    const asked: number[] = [];
    await log.consume({
      group: 'own',
      topic,
      maxBatch: 5,
      startAt: async (p) => {
        asked.push(p);
        return p === partition ? 12n : undefined;
      },
      onBatch: seen.take,
    });
    await until(() => seen.records.length >= 8);
    expect(seen.numbers()).toEqual(range(12, 20));
    expect(new Set(asked)).toEqual(new Set(range(0, CONTRACT_TOPIC_PARTITIONS)));
  });

  it('obeys a seek, back and forward', async () => {
    const topic = newTopic();
    const log = await open(topic);
    await log.append(range(0, 30).map((i) => ({ topic, key: '1/p1', value: String(i) })));
    const values: number[] = [];
    let back = false;
    await log.consume({
      group: 'seek',
      topic,
      maxBatch: 10,
      onBatch: async (batch) => {
        const first = batch.records[0]!.offset;
        if (first === 10n && !back) {
          back = true;
          return { kind: 'seek', offset: 5n };
        }
        if (first === 15n) return { kind: 'seek', offset: 27n };
        values.push(...batch.records.map((record) => Number(record.value)));
        return { kind: 'applied' };
      },
    });
    await until(() => values.includes(29));
    expect(values).toEqual([...range(0, 10), ...range(5, 15), ...range(27, 30)]);
  });

  it('pauses and resumes, all partitions or one, and loses nothing', async () => {
    const topic = newTopic();
    const log = await open(topic);
    const seen = new Seen();
    const consumer = await log.consume({ group: 'pause', topic, maxBatch: 10, onBatch: seen.take });
    await append(log, topic, 0, 40);
    await until(() => seen.records.length >= 40);
    consumer.pause();
    await append(log, topic, 40, 80);
    await sleep(400);
    expect(seen.records).toHaveLength(40);
    consumer.resume();
    await until(() => seen.records.length >= 80);
    consumer.pause(2);
    await append(log, topic, 80, 120);
    const others = range(80, 120).filter((i) => partitionOf(keyOf(i), CONTRACT_TOPIC_PARTITIONS) !== 2).length;
    await until(() => seen.records.length >= 80 + others);
    await sleep(200);
    expect(seen.records).toHaveLength(80 + others);
    consumer.resume(2);
    await until(() => seen.records.length >= 120);
    expect(seen.numbers()).toEqual(range(0, 120));
  });
}
