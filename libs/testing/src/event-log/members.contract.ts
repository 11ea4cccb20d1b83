import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { until } from '../until.js';
import { append, range } from './contract-records.js';
import { CONTRACT_TOPIC_PARTITIONS, type ContractRun } from './contract-run.js';
import type { ConsumeOptions } from '#libs/platform/messaging';

/** Members of a group share the partitions; with a store of their own, nothing takes effect twice or is missing. */
export function describeMembers({ name, newTopic, open, sink: createSink, abandon }: ContractRun): void {
  it('shares partitions between two members and moves them under load: no effect twice, none missing', async () => {
    const topic = newTopic();
    const [producer, a, b] = [await open(topic), await open(topic), await open(topic)];
    const sink = await createSink();
    const options = (): ConsumeOptions => ({
      group: 'pair',
      topic,
      maxBatch: 20,
      startAt: (partition) => sink.startAt(partition),
      onBatch: async (batch) => {
        await sleep(2);
        return sink.apply(batch);
      },
    });
    const total = 3_000;
    const producing = (async () => {
      for (let from = 0; from < total; from += 25) {
        await append(producer, topic, from, from + 25);
        await sleep(15);
      }
    })();
    const one = await a.consume(options());
    await until(async () => (await sink.effects()).size > 100, 30_000);
    const two = await b.consume(options());
    await until(() => one.assigned().length === 2 && two.assigned().length === 2, 30_000);
    expect([...one.assigned(), ...two.assigned()].sort((x, y) => x - y)).toEqual(range(0, CONTRACT_TOPIC_PARTITIONS));
    await sleep(300);
    await one.stop();
    await until(() => two.assigned().length === CONTRACT_TOPIC_PARTITIONS, 30_000);
    const three = await a.consume(options());
    await producing;
    await until(async () => (await sink.effects()).size >= total, 60_000);
    const effects = await sink.effects();
    const twice = [...effects].filter(([, count]) => count !== 1);
    console.log(
      `${name}: ${total} records, 3 rebalances: ${total - effects.size} missing, ${twice.length} doubled effects`,
    );
    expect(effects.size).toBe(total);
    expect(twice).toEqual([]);
    await Promise.all([two.stop(), three.stop()]);
    await sink.close();
  }, 150_000);

  it('gives the partitions of a crashed member to another, which repeats nothing and misses nothing', async () => {
    const topic = newTopic();
    const [producer, a, b] = [await open(topic), await open(topic), await open(topic)];
    const sink = await createSink();
    let crash: 'no' | 'before' | 'after' = 'no';
    let crashed = 0;
    const options = (mayCrash: boolean): ConsumeOptions => ({
      group: 'crash',
      topic,
      maxBatch: 10,
      startAt: (partition) => sink.startAt(partition),
      onBatch: async (batch) => {
        if (!mayCrash || crash === 'no') return sink.apply(batch);
        // Dead before its transaction, or after it and before the log heard of it.
        if (crash === 'after') await sink.apply(batch);
        crashed++;
        crash = crash === 'before' ? 'after' : 'before';
        return new Promise(() => undefined);
      },
    });
    const doomed = await a.consume(options(true));
    await append(producer, topic, 0, 200);
    await until(async () => (await sink.effects()).size >= 200);
    crash = 'before';
    await append(producer, topic, 200, 400);
    await until(() => crashed >= 2);
    await abandon(a, doomed);
    const started = Date.now();
    const heir = await b.consume(options(false));
    await until(async () => (await sink.effects()).size >= 400, 60_000);
    console.log(`${name}: partitions of a crashed member taken over and caught up in ${Date.now() - started} ms`);
    const effects = await sink.effects();
    expect([...effects].filter(([, count]) => count !== 1)).toEqual([]);
    expect(effects.size).toBe(400);
    await heir.stop();
    await sink.close();
  }, 120_000);
}
