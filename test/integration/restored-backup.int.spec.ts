import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { TOPICS, twinKey, type SamplesRecord } from '#libs/contracts';
import { readConfig, StartupError } from '#libs/platform/config';
import { bootstrap } from '#libs/platform/http';
import { kafkaClient, mendOffsets } from '#libs/platform/messaging';
import { createPlatform, type Platform } from '#libs/platform/runtime';
import { OffsetStore } from '#libs/platform/storage';
import { createLogger } from '#libs/platform/telemetry';
import { createTestDatabase } from '#libs/testing';
import { TwinEngineModule } from '../../apps/twin-engine/src/twin-engine.module.js';
import { startOwnServices, type OwnServices } from '../support/services.js';

const PATIENTS = ['p1', 'p2', 'p3', 'p4'];
const OFFSETS = new OffsetStore('twin-engine', TOPICS.patientInput);

interface Engine {
  readonly platform: Platform;
  stop(): Promise<void>;
}

async function start(databaseUrl: string, kafka: string | undefined): Promise<Engine> {
  const config = readConfig(
    { DATABASE_URL: databaseUrl, PORT: '0', ...(kafka === undefined ? {} : { KAFKA_BROKERS: kafka }) },
    'twin-engine',
  );
  const platform = await createPlatform(config, { logger: createLogger({ level: 'silent', role: 'test' }) });
  const server = await bootstrap([TwinEngineModule.forRoot(platform)], platform).catch(async (error: unknown) => {
    await platform.close();
    throw error;
  });
  return {
    platform,
    stop: async () => {
      await server.close();
      await platform.close();
    },
  };
}

/** One sample of each patient, `minute` minutes after the first. */
async function send({ platform }: Engine, minute: number): Promise<void> {
  const at = Date.now() - (60 - minute) * 60_000;
  await platform.log.append(
    PATIENTS.map((patient) => {
      const record: SamplesRecord = {
        v: 1,
        kind: 'samples',
        tenant: 1,
        patient,
        source: 'watch',
        device: 'd',
        receivedAt: at,
        samples: [{ c: 1, t: at, x: 70 }],
      };
      return { topic: TOPICS.patientInput, key: twinKey(1, 'patient', patient), value: JSON.stringify(record) };
    }),
  );
}

async function untilStored({ platform }: Engine, rows: number): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const { rows: found } = await platform.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM measurements');
    if (found[0]?.n === rows) return;
    if (attempt > 600) throw new Error(`${found[0]?.n} measurements are stored, not ${rows}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function refusalOf(databaseUrl: string, kafka: string): Promise<string> {
  const outcome = await start(databaseUrl, kafka).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(StartupError);
  return (outcome as Error).message;
}

async function mend(databaseUrl: string, kafka: string): Promise<number> {
  const config = readConfig({ DATABASE_URL: databaseUrl, KAFKA_BROKERS: kafka }, 'twin-api');
  const platform = await createPlatform(config, { logger: createLogger({ level: 'silent', role: 'test' }) });
  const mended = await mendOffsets(platform.pool, platform.log, OFFSETS);
  await platform.close();
  return mended.length;
}

/** Copies of a database that nobody uses. */
async function backUp(
  url: string,
  count: number,
): Promise<readonly { url: string; readonly drop: () => Promise<void> }[]> {
  const name = new URL(url).pathname.slice(1);
  const run = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  const copies = [];
  for (let n = 1; n <= count; n += 1) {
    await run(`CREATE DATABASE ${name}_${n} TEMPLATE ${name}`);
    const copy = new URL(url);
    copy.pathname = `/${name}_${n}`;
    copies.push({ url: copy.href, drop: () => run(`DROP DATABASE ${name}_${n} WITH (FORCE)`) });
  }
  return copies;
}

/** A day's work: one record of each patient before the backup, one after it. */
async function yesterdayAndToday(kafka: string | undefined, backups: number) {
  const database = await createTestDatabase();
  let engine = await start(database.url, kafka);
  await engine.platform.pool.query(`INSERT INTO tenants (key, id) VALUES (1, 't') ON CONFLICT DO NOTHING`);
  await send(engine, 0);
  await untilStored(engine, 4);
  await engine.stop();
  const copies = await backUp(database.url, backups);
  engine = await start(database.url, kafka);
  await send(engine, 1);
  await untilStored(engine, 8);
  await engine.stop();
  await database.drop();
  return copies;
}

describe("a database restored from yesterday's backup", () => {
  describe('under a Kafka log of today', () => {
    let services: OwnServices;
    let kafka: string;
    let backups: Awaited<ReturnType<typeof backUp>>;

    beforeAll(async () => {
      services = await startOwnServices(['kafka']);
      kafka = services.kafka.url;
      backups = await yesterdayAndToday(kafka, 3);
    }, 180_000);
    afterAll(async () => {
      for (const { drop } of backups ?? []) await drop();
      await services?.stop();
    }, 60_000);

    async function admin(
      work: (admin: ReturnType<ReturnType<typeof kafkaClient>['admin']>) => Promise<void>,
    ): Promise<void> {
      const client = kafkaClient({ brokers: [kafka], clientId: 'test' }).admin();
      await client.connect();
      await work(client);
      await client.disconnect();
    }

    it('is applied what the log still has', async () => {
      const engine = await start(backups[0]!.url, kafka);
      await untilStored(engine, 8);
      await engine.stop();
    }, 60_000);

    it('is refused when the log has lost what came since, and goes on once it is mended', async () => {
      await admin(async (client) => {
        const ends = await client.fetchTopicOffsets(TOPICS.patientInput);
        await client.deleteTopicRecords({
          topic: TOPICS.patientInput,
          partitions: ends.map(({ partition, high }) => ({ partition, offset: high })),
        });
      });
      const { url } = backups[1]!;
      expect(await refusalOf(url, kafka)).toMatch(
        /^the database and the log do not belong together: twin-engine, .*: records gone from the log before they were applied: 1 .*npm run offsets -- --mend$/,
      );
      expect(await mend(url, kafka)).toBeGreaterThan(0);
      const engine = await start(url, kafka);
      await send(engine, 2);
      await untilStored(engine, 8);
      await engine.stop();
    }, 90_000);

    it('is refused when the log is another, shorter one, and goes on from its beginning once it is mended', async () => {
      await admin((client) => client.deleteTopics({ topics: [TOPICS.patientInput] }));
      const { url } = backups[2]!;
      expect(await refusalOf(url, kafka)).toMatch(/the database has applied up to 1, the log ends at 0; .*--mend$/);
      expect(await mend(url, kafka)).toBeGreaterThan(0);
      const engine = await start(url, kafka);
      await send(engine, 3);
      await untilStored(engine, 8);
      await engine.stop();
    }, 90_000);
  });

  it('with the Postgres log agrees with itself, and goes on', async () => {
    const [backup] = await yesterdayAndToday(undefined, 1);
    const engine = await start(backup!.url, undefined);
    await untilStored(engine, 4);
    await send(engine, 2);
    await untilStored(engine, 8);
    await engine.stop();
    await backup!.drop();
  }, 90_000);
});
