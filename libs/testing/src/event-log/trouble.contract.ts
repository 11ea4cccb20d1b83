import { expect, it } from '@jest/globals';
import { TOPICS } from '#libs/contracts';
import { until } from '../until.js';
import { append, keyOf, range, Seen } from './contract-records.js';
import { CONTRACT_TOPIC_PARTITIONS, type ContractRun } from './contract-run.js';
import { LogFullError, partitionOf, replayDeadLetter, type ConsumeOptions } from '#libs/platform/messaging';

/** Full queues, failing and slow handlers, records that no handler takes. */
export function describeTrouble({ newTopic, open }: ContractRun): void {
  it('refuses when its queue is full and takes nothing of the refused call', async () => {
    const topic = newTopic();
    const log = await open(topic, { maxWaiting: 100 });
    expect(log.pressure()).toEqual({ waiting: 0, limit: 100 });
    const calls = range(0, 30).map((i) =>
      log.append(range(0, 10).map((j) => ({ topic, key: keyOf(j), value: String(i * 10 + j) }))),
    );
    const results = await Promise.allSettled(calls);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBe(20);
    for (const result of refused) expect((result as PromiseRejectedResult).reason).toBeInstanceOf(LogFullError);
    const ends = await log.ends(topic);
    expect(ends.reduce((sum, end) => sum + (end.next - end.first), 0n)).toBe(100n);
    expect(log.pressure().waiting).toBe(0);
    await log.append([{ topic, key: 'k', value: 'later' }]);
  });

  it('hands a batch over again after a retry or a throw, and others are not held up', async () => {
    const topic = newTopic();
    const log = await open(topic);
    let refusals = 0;
    let throws = 0;
    const seen = new Seen();
    await log.consume({
      group: 'throws',
      topic,
      maxBatch: 5,
      onBatch: async (batch) => {
        if (batch.partition === 0 && refusals < 6) {
          refusals++;
          return { kind: 'retry', reason: 'not now' };
        }
        if (batch.partition === 1 && throws < 3) {
          throws++;
          throw new Error('handler broke');
        }
        return seen.take(batch);
      },
    });
    await append(log, topic, 0, 60);
    await until(() => seen.records.length >= 60, 20_000);
    expect(seen.numbers()).toEqual(range(0, 60));
    expect(refusals).toBe(6);
    expect(throws).toBe(3);
  });

  it('sends a poison record to the dead letters with its reason, and replays it', async () => {
    const topic = newTopic();
    const log = await open(topic);
    let cured = false;
    const seen = new Seen();
    const told: string[] = [];
    const onBatch: ConsumeOptions['onBatch'] = async (batch) => {
      if (!cured && batch.records.some((record) => record.value === '13')) throw new TypeError('bad thirteen');
      return seen.take(batch);
    };
    await log.consume({
      group: 'poison',
      topic,
      maxBatch: 10,
      onBatch,
      onDeadLetter: async (record, reason) => void told.push(`${record.value}: ${reason}`),
    });
    await append(log, topic, 0, 40);
    await until(() => seen.records.length >= 39, 20_000);
    expect(seen.numbers()).toEqual(range(0, 40).filter((i) => i !== 13));
    await until(() => told.length > 0);
    expect(told).toEqual(['13: TypeError']);

    const deadLetters = new Seen();
    await log.consume({
      group: `dead-letters-${topic}`,
      topic: TOPICS.deadLetters,
      maxBatch: 100,
      onBatch: deadLetters.take,
    });
    const mine = () => deadLetters.records.filter((record) => record.headers['x-topic'] === topic);
    await until(() => mine().length > 0);
    const deadLetter = mine()[0]!;
    expect(deadLetter.value).toBe('13');
    expect(deadLetter.key).toBe(keyOf(13));
    expect(deadLetter.headers).toMatchObject({
      'x-reason': 'TypeError',
      'x-group': 'poison',
      'x-partition': String(partitionOf(keyOf(13), CONTRACT_TOPIC_PARTITIONS)),
    });
    expect(deadLetter.headers['x-offset']).toMatch(/^\d+$/);
    expect(mine()).toHaveLength(1);

    cured = true;
    const position = await replayDeadLetter(log, deadLetter);
    expect(position.topic).toBe(topic);
    await until(() => seen.records.length >= 40);
    const replayed = seen.records.find((record) => record.value === '13')!;
    expect(replayed.headers).toEqual({});
    expect(replayed.key).toBe(keyOf(13));
  });

  it('never dead-letters a record because a database is unavailable', async () => {
    const topic = newTopic();
    const log = await open(topic);
    const seen = new Seen();
    let broken = 0;
    await log.consume({
      group: 'outage',
      topic,
      maxBatch: 10,
      onBatch: async (batch) => {
        if (broken++ < 6) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
        return seen.take(batch);
      },
      onDeadLetter: async () => {
        throw new Error('dead-lettered');
      },
    });
    await log.append([{ topic, key: '1/p1', value: '0' }]);
    await until(() => seen.records.length >= 1, 20_000);
    expect(broken).toBe(7);
  });

  it('lets a slow partition starve none of the others', async () => {
    const topic = newTopic();
    const log = await open(topic);
    const seen = new Seen();
    const gate = Promise.withResolvers<void>();
    await log.consume({
      group: 'slow',
      topic,
      maxBatch: 10,
      onBatch: async (batch) => {
        if (batch.partition === 0) await gate.promise;
        return seen.take(batch);
      },
    });
    await append(log, topic, 0, 40);
    await append(log, topic, 40, 400);
    const others = range(0, 400).filter((i) => partitionOf(keyOf(i), CONTRACT_TOPIC_PARTITIONS) !== 0).length;
    await until(() => seen.records.length >= others);
    const started = Date.now();
    const key = range(0, 50)
      .map(keyOf)
      .find((k) => partitionOf(k, CONTRACT_TOPIC_PARTITIONS) === 1)!;
    await log.append([{ topic, key, value: '1000' }]);
    await until(() => seen.records.some((record) => record.value === '1000'));
    expect(Date.now() - started).toBeLessThan(1_000);
    gate.resolve();
    await until(() => seen.records.length >= 401);
  });
}
