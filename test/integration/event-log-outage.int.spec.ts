import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { ensureTopics, KafkaEventLog, PostgresEventLog, type Consumer, type EventLog } from '#libs/platform/messaging';
import { migrate } from '#libs/platform/storage';
import { PostgresSink } from '#libs/testing';
import { startOwnServices, type OwnServices } from '../support/services.js';

const partitions = { outage: 6, 'homeostat.dead-letters.v1': 1 };

describe('event log while its server dies under load', () => {
  let services: OwnServices;
  let pool: pg.Pool;

  beforeAll(async () => {
    services = await startOwnServices(['postgres', 'kafka']);
    await migrate(services.postgres.url);
    pool = new pg.Pool({ connectionString: services.postgres.url, max: 16 });
    pool.on('error', () => undefined);
  }, 180_000);
  afterAll(async () => {
    await pool?.end();
    await services?.stop();
  }, 60_000);

  it('Postgres: whatever was accepted is applied once, through kills and restarts', async () => {
    const open = () => new PostgresEventLog({ pool, databaseUrl: services.postgres.url, partitions });
    const figures = await runThrough([open(), open()], pool, async () => {
      await services.postgres.kill();
      await services.postgres.restart();
      await sleep(1_500);
      await services.postgres.restart();
    });
    report('postgres', figures);
  }, 120_000);

  it('Kafka: whatever was accepted is applied once, through a kill and a restart', async () => {
    const brokers = [services.kafka.url];
    await ensureTopics({ brokers, clientId: 'outage', partitions });
    const open = () => new KafkaEventLog({ brokers, clientId: 'outage', partitions });
    const figures = await runThrough([open(), open()], pool, async () => {
      await services.kafka.kill();
      await services.kafka.restart();
      await sleep(3_000);
      await services.kafka.restart();
    });
    report('kafka', figures);
  }, 180_000);
});

interface Figures {
  readonly accepted: number;
  readonly rejected: number;
  readonly missing: number;
  readonly doubled: number;
  readonly caughtUpMs: number;
}

function report(name: string, figures: Figures): void {
  console.log(`${name}: ${JSON.stringify(figures)}`);
  expect(figures.accepted).toBeGreaterThan(1_000);
  expect(figures.missing).toBe(0);
  expect(figures.doubled).toBe(0);
}

async function runThrough(
  logs: readonly [EventLog, EventLog],
  pool: pg.Pool,
  outage: () => Promise<void>,
): Promise<Figures> {
  const sink = await PostgresSink.create(pool);
  const consumers: Consumer[] = [];
  for (const log of logs) {
    consumers.push(
      await log.consume({
        group: 'outage',
        topic: 'outage',
        maxBatch: 200,
        startAt: (partition) => sink.startAt(partition),
        onBatch: (batch) => sink.apply(batch),
      }),
    );
  }
  const accepted: string[] = [];
  let rejected = 0;
  let sent = 0;
  let running = true;
  const senders = Array.from({ length: 20 }, async () => {
    while (running) {
      const value = `v${sent++}`;
      try {
        await logs[0].append([{ topic: 'outage', key: `1/p${sent % 97}`, value }]);
        accepted.push(value);
      } catch {
        rejected++;
        await sleep(20);
      }
      await sleep(5);
    }
  });
  await sleep(1_500);
  await outage();
  const afterOutage = accepted.length;
  const deadline = Date.now() + 60_000;
  while (accepted.length < afterOutage + 500 && Date.now() < deadline) await sleep(20);
  running = false;
  await Promise.all(senders);

  const started = Date.now();
  let effects: ReadonlyMap<string, number> = new Map();
  do {
    await sleep(100);
    effects = await sink.effects();
  } while (!accepted.every((value) => effects.has(value)) && Date.now() - started < 60_000);
  const caughtUpMs = Date.now() - started;
  const states = consumers.map((consumer) => consumer.state());
  expect(states.map((state) => (state.kind === 'failed' ? state.reason : state.kind))).toEqual(['running', 'running']);
  while (!logs.every((log) => log.healthy()) && Date.now() - started < 70_000) await sleep(50);
  expect(logs.map((log) => log.healthy())).toEqual([true, true]);
  await Promise.all(logs.map((log) => log.close()));
  await sink.close();
  return {
    accepted: accepted.length,
    rejected,
    missing: accepted.filter((value) => !effects.has(value)).length,
    doubled: [...effects.values()].filter((count) => count > 1).length,
    caughtUpMs,
  };
}
