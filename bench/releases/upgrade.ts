import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startOwnServices } from '../../test/support/services.js';
import { AppProcess, Client, freePort, type Role } from '../../test/support/system.js';
import { streamWard, SAMPLES_PER_PATIENT } from '../../test/support/ward/ward-load.js';
import { settled } from '../../test/support/ward/ward-outcome.js';
import { WebhookReceiver } from '../../test/support/webhook-receiver.js';
import { machine } from '../machine.js';
import { releaseOf } from './release.js';

/**
 * `npm run bench:upgrade -- [--from COMMIT] [--back] [--kafka]`: two engines and all other apps of an earlier release are replaced one by one by this
 * one while a ward streams (`--back`: this one by the earlier). Prints what was lost or doubled, and the longest time in which nothing of
 * what had been accepted was applied. Exit code 1: something was lost or doubled, or the pause was over five seconds.
 */
const { values: options } = parseArgs({
  options: {
    from: { type: 'string', default: '60165b8' },
    back: { type: 'boolean', default: false },
    kafka: { type: 'boolean', default: false },
    patients: { type: 'string', default: '20' },
    'pause-ms': { type: 'string', default: '1500' },
  },
});
const MAX_PAUSE_MS = 5000;
/** As docs/operate.md says: engines first, then what reads and sends, then the gateways. */
const ORDER: readonly Role[] = [
  'twin-engine',
  'twin-engine',
  'alert-dispatcher',
  'twin-api',
  'fhir-gateway',
  'wearable-gateway',
];

async function main(): Promise<boolean> {
  console.log(machine());
  const other = releaseOf(options.from);
  const [before, after] = options.back ? ['.', other] : [other, '.'];
  console.log(options.back ? `from this release back to ${options.from}` : `from ${options.from} to this release`);
  const services = await startOwnServices(options.kafka ? ['postgres', 'redis', 'kafka'] : ['postgres', 'redis']);
  const env = {
    DATABASE_URL: services.postgres.url,
    REDIS_URL: services.redis.url,
    ...(options.kafka ? { KAFKA_BROKERS: services.kafka.url } : {}),
    MQTT_PORT: String(await freePort()),
  };
  const receiver = await WebhookReceiver.start();
  const pool = new pg.Pool({ connectionString: services.postgres.url, max: 2 });
  const apps: AppProcess[] = [];
  let client: Client | undefined;
  try {
    for (const role of ORDER) apps.push(await AppProcess.start(role, env, undefined, before));
    const urlOf = (role: Role): string => apps.find((app) => app.role === role)!.url;
    client = new Client({ api: urlOf('twin-api'), fhir: urlOf('fhir-gateway'), wearable: urlOf('wearable-gateway') });
    await client.login();
    const made = await client.api<{ secret: string }>('POST', '/v1/webhooks', { url: receiver.url });
    receiver.secret = made.body.secret;
    const count = Number(options.patients);
    const watched = watch(pool);
    const streaming = streamWard(client, 'upgrade', count, Number(options['pause-ms']));
    await sleep(5000);
    for (const [index, role] of ORDER.entries()) {
      const { port } = apps[index]!;
      const began = Date.now();
      await apps[index]!.stop();
      apps[index] = await AppProcess.start(role, env, port, after);
      console.log(`${role} replaced in ${seconds(Date.now() - began)}`);
      await sleep(3000);
    }
    const load = await streaming;
    const replayed = await replayDeadLetters(client, pool);
    console.log(
      `${replayed} records that the earlier release dead-lettered were replayed by POST /v1/dead-letters/{id}/replay`,
    );
    const outcome = await settled(load, pool, receiver);
    const pause = watched.stop();
    console.log(
      `${load.retried} requests were sent again, ${load.logins} logins because a token was not valid any more`,
    );
    console.table([outcome]);
    console.log(`longest time without a measurement written while the ward streamed: ${seconds(pause)}`);
    const samples = count * SAMPLES_PER_PATIENT;
    const isWhole = outcome.accepted === samples && outcome.applied === samples && outcome.duplicates === 0;
    const isEmittedOnce = outcome.episodes === count && outcome.raised === count && outcome.resolved === count;
    console.log(
      `lost ${samples - outcome.applied + outcome.duplicates}, doubled ${outcome.duplicates}, alerts ${outcome.raised}/${count} raised, ${outcome.resolved}/${count} resolved`,
    );
    return isWhole && isEmittedOnce && pause <= MAX_PAUSE_MS;
  } catch (error) {
    for (const app of apps) console.error(app.role, app.tail(5));
    throw error;
  } finally {
    await client?.close();
    await Promise.all(apps.map((app) => app.stop()));
    await receiver.stop();
    await pool.end();
    await services.stop();
  }
}

/** What an operator does after the upgrade from a release whose prepared statements a migration makes stale (docs/operate.md). */
async function replayDeadLetters(client: Client, pool: pg.Pool): Promise<number> {
  await sleep(5000);
  const { rows } = await pool.query<{ id: string }>(`SELECT id FROM dead_letters WHERE replayed_at IS NULL`);
  for (const { id } of rows) await client.api('POST', `/v1/dead-letters/${id}/replay`);
  return rows.length;
}

/** The longest time in which the newest measurement stayed the same, from the first one on. */
function watch(pool: pg.Pool): { readonly stop: () => number } {
  let [last, since, longest, isOn] = ['', 0, 0, true];
  const look = async (): Promise<void> => {
    while (isOn) {
      const { rows } = await pool
        .query<{ n: string }>('SELECT count(*)::text AS n FROM measurements')
        .catch(() => ({ rows: [] }));
      const n = rows[0]?.n ?? last;
      const now = Date.now();
      if (n !== last) {
        if (last !== '' && last !== '0') longest = Math.max(longest, now - since);
        [last, since] = [n, now];
      }
      await sleep(50);
    }
  };
  void look();
  return {
    stop: () => {
      isOn = false;
      return longest;
    },
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

process.exitCode = (await main()) ? 0 : 1;
