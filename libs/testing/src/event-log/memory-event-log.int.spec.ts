import { describe, expect, it } from '@jest/globals';
import { CONTRACT_PARTITIONS, LogFullError, type Batch, type EventLog } from '#libs/platform/messaging';
import { CONTRACT_TOPIC_PARTITIONS, type ContractSink } from './contract-run.js';
import { describeEventLog } from './event-log.contract.js';
import type { MemoryConsumer } from './memory-consumer.js';
import { MemoryEventLog } from './memory-event-log.js';

describeEventLog('memory', async () => {
  // All "processes" of one test see the same log; the first one to close must not end it for the others.
  const logs = new Map<string, MemoryEventLog>();
  return {
    open: async (topic, options) => {
      const log =
        logs.get(topic) ??
        new MemoryEventLog({ partitions: { ...CONTRACT_PARTITIONS, [topic]: CONTRACT_TOPIC_PARTITIONS }, ...options });
      logs.set(topic, log);
      return log as EventLog;
    },
    sink: async () => new MemorySink(),
    abandon: async (_, consumer) => (consumer as MemoryConsumer).abandon(),
    close: async () => undefined,
  };
});

describe('memory event log', () => {
  const topic = 't';
  const partitions = { ...CONTRACT_PARTITIONS, t: 1 };

  it('refuses what is more than it can keep', async () => {
    const log = new MemoryEventLog({ partitions, capacity: 3 });
    await log.append([{ topic, key: 'a', value: '1' }]);
    const three = ['2', '3', '4'].map((value) => ({ topic, key: 'a', value }));
    await expect(log.append(three)).rejects.toBeInstanceOf(LogFullError);
    expect((await log.ends(topic))[0]!.next).toBe(1n);
    await log.close();
  });

  it('injects duplicates and old batches after newer ones; an offset row still gives each effect once', async () => {
    const log = new MemoryEventLog({ partitions, redeliver: true });
    const sink = new MemorySink();
    let handed = 0;
    await log.append(Array.from({ length: 200 }, (_, i) => ({ topic, key: 'a', value: String(i) })));
    await log.consume({
      group: 'g',
      topic,
      maxBatch: 10,
      onBatch: async (batch) => {
        handed += batch.records.length;
        return sink.apply(batch);
      },
    });
    while ((await sink.effects()).size < 200) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(handed).toBeGreaterThan(250);
    expect([...(await sink.effects()).values()].every((count) => count === 1)).toBe(true);
    await log.close();
  });
});

class MemorySink implements ContractSink {
  private readonly counts = new Map<string, number>();
  private readonly offsets = new Map<number, bigint>();

  readonly startAt = async (partition: number) => this.offsets.get(partition);

  readonly apply = async (batch: Batch): Promise<{ kind: 'applied' } | { kind: 'seek'; offset: bigint }> => {
    const next = this.offsets.get(batch.partition) ?? 0n;
    const fresh = batch.records.filter((record) => record.offset >= next);
    if (fresh.length === 0) return { kind: 'applied' };
    if (fresh[0]!.offset > next) return { kind: 'seek', offset: next };
    for (const record of fresh) this.counts.set(record.value, (this.counts.get(record.value) ?? 0) + 1);
    this.offsets.set(batch.partition, fresh.at(-1)!.offset + 1n);
    return { kind: 'applied' };
  };

  readonly effects = async () => this.counts;
  readonly close = async () => undefined;
}
