import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '#libs/platform/config';
import { startEmbeddedPostgres } from '#libs/platform/embedded-postgres';
import { createPool, migrate, type TwinRowHead } from '#libs/platform/storage';
import { CATALOGUE } from '../catalogue.js';
import { findTwins, type Asked } from './find-twins.js';
import { rebuildTwin } from './rebuild-twin.js';

/**
 * `npm run rebuild -- [--tenant ID] [--patient ID] [--all]`: makes twins anew from the tables and ends their quarantine. Engines may run
 * meanwhile. Exit code 0: all were rebuilt; 1: some were not, and stay as they are; 64: wrong usage; 66: no such twin.
 */
const USAGE = `npm run rebuild -- [--tenant ID] [--patient ID] [--all]
  without --patient and --all: the twins that cannot be read; --patient: this one; --all: every twin (of the tenant)`;

function readArguments(): Asked | undefined {
  try {
    const { values } = parseArgs({
      options: { tenant: { type: 'string' }, patient: { type: 'string' }, all: { type: 'boolean', default: false } },
    });
    return values;
  } catch {
    return undefined;
  }
}

async function main(): Promise<number> {
  const asked = readArguments();
  if (asked === undefined) {
    console.error(USAGE);
    return 64;
  }
  const config = loadConfig('twin-engine');
  const embedded =
    config.databaseUrl === undefined ? await startEmbeddedPostgres({ dataDir: resolve(config.dataDir) }) : undefined;
  const url = config.databaseUrl ?? embedded!.url;
  const pool = createPool(url, { name: 'homeostat-rebuild', max: 2 });
  try {
    await migrate(url);
    const twins = await findTwins(pool, CATALOGUE, asked);
    if (twins.length === 0) {
      const isAsked = asked.patient !== undefined || asked.all;
      console.log(isAsked ? 'there is no such twin' : 'every twin can be read');
      return isAsked ? 66 : 0;
    }
    let failed = 0;
    for (const twin of twins) if (!(await rebuilt(pool, twin))) failed += 1;
    console.log(`${twins.length - failed} of ${twins.length} twins rebuilt`);
    return failed === 0 ? 0 : 1;
  } finally {
    await pool.end();
    await embedded?.stop();
  }
}

/** Says by tenant and key of the twin what became of it: patients are not named. */
async function rebuilt(pool: Parameters<typeof rebuildTwin>[0], twin: TwinRowHead): Promise<boolean> {
  const name = `twin ${twin.key} of tenant ${twin.tenant}`;
  try {
    const done = await rebuildTwin(pool, CATALOGUE, twin);
    if (done.kind === 'busy') {
      console.error(`${name}: its records kept coming; nothing was changed, try again`);
      return false;
    }
    const { records, ended, wasAside } = done;
    const more = `${ended > 0 ? `, ${ended} alerts that are over were resolved` : ''}${wasAside ? ', out of quarantine' : ''}`;
    console.log(`${name}: made from ${records} records${more}`);
    return true;
  } catch (error) {
    const { message, code } = error as Error & { code?: unknown };
    console.error(`${name}: not rebuilt (${typeof code === 'string' ? `database error ${code}` : message})`);
    return false;
  }
}

process.exitCode = await main();
