import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { TOPICS } from '#libs/contracts';
import { loadConfig } from '#libs/platform/config';
import { startEmbeddedPostgres } from '#libs/platform/embedded-postgres';
import { createEventLog, disagreementsOf, mendOffsets, describeDisagreement } from '#libs/platform/messaging';
import { createPool, OffsetStore } from '#libs/platform/storage';
import { OFFSETS } from '../group.js';

/**
 * `npm run offsets -- [--mend]`: says where the database and the log do not belong together (a restored backup), and with `--mend` lets the
 * groups go on from the first record that the log has. Stop engines and dispatchers first. Exit code 0: they belong together (now); 1: they
 * do not; 64: wrong usage.
 */
const USAGE = 'npm run offsets -- [--mend]';
/** Groups that keep their offsets in the database of their effects. */
const GROUPS = [OFFSETS, new OffsetStore('alert-dispatcher', TOPICS.alerts)];

function isMending(): boolean | undefined {
  try {
    return parseArgs({ options: { mend: { type: 'boolean', default: false } } }).values.mend;
  } catch {
    return undefined;
  }
}

async function main(): Promise<number> {
  const mend = isMending();
  if (mend === undefined) {
    console.error(USAGE);
    return 64;
  }
  const config = loadConfig('twin-engine');
  const embedded =
    config.databaseUrl === undefined ? await startEmbeddedPostgres({ dataDir: resolve(config.dataDir) }) : undefined;
  const databaseUrl = config.databaseUrl ?? embedded!.url;
  const pool = createPool(databaseUrl, { name: 'homeostat-offsets', max: 2 });
  const { kafkaBrokers, security } = config;
  const log = createEventLog({ kafkaBrokers, kafkaSecurity: security.kafka, pool, databaseUrl, clientId: 'offsets' });
  try {
    let found = 0;
    for (const offsets of GROUPS) {
      const those = await (mend ? mendOffsets : disagreementsOf)(pool, log, offsets);
      found += those.length;
      for (const one of those) {
        const done = mend ? `; goes on at ${one.first}` : '';
        console.log(`${offsets.group}, ${offsets.topic}/${one.partition}: ${describeDisagreement(one)}${done}`);
      }
    }
    if (found === 0) console.log('the database and the log belong together');
    return found === 0 || mend ? 0 : 1;
  } finally {
    await log.close();
    await pool.end();
    await embedded?.stop();
  }
}

process.exitCode = await main();
