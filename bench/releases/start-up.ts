import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startOwnServices } from '../../test/support/services.js';
import { AppProcess, freePort, type Role } from '../../test/support/system.js';
import { cpuSeconds, machine, percentile } from '../machine.js';
import { releaseOf } from './release.js';

/**
 * `npm run bench:start-up -- [--from COMMIT] [--starts 5]`: an earlier release and this one, started in turns on an empty Postgres and Redis: the time
 * until an app is ready, the CPU-seconds until then, and the memory that it has then. Medians.
 */
const { values: options } = parseArgs({
  options: { from: { type: 'string', default: '60165b8' }, starts: { type: 'string', default: '5' } },
});
const ROLES: readonly Role[] = ['twin-engine', 'all-in-one'];

interface Started {
  readonly seconds: number;
  readonly cpu: number;
  readonly mebibytes: number;
}

async function main(): Promise<void> {
  console.log(machine());
  const releases = { [options.from]: releaseOf(options.from), 'this release': '.' };
  for (const role of ROLES) {
    const found = new Map<string, Started[]>();
    // A database each: one release's schema is not the other's.
    const services = await Promise.all(Object.keys(releases).map(() => startOwnServices(['postgres', 'redis'])));
    try {
      // The first start makes the schema and is not counted.
      for (let start = 0; start <= Number(options.starts); start += 1) {
        for (const [index, [name, root]] of Object.entries(releases).entries()) {
          const { postgres, redis } = services[index]!;
          const one = await started(role, root, { DATABASE_URL: postgres.url, REDIS_URL: redis.url });
          if (start > 0) found.set(name, [...(found.get(name) ?? []), one]);
        }
      }
    } finally {
      await Promise.all(services.map(({ stop }) => stop()));
    }
    for (const [name, all] of found) {
      const median = (of: keyof Started): number =>
        percentile(
          all.map((one) => one[of]),
          0.5,
        );
      console.log(
        `${role}, ${name}: ready after ${median('seconds').toFixed(2)} s, ${median('cpu').toFixed(2)} CPU s, ${median('mebibytes').toFixed(0)} MiB resident (${all.length} starts)`,
      );
    }
  }
}

async function started(role: Role, root: string, env: Readonly<Record<string, string>>): Promise<Started> {
  const from = performance.now();
  const app = await AppProcess.start(role, { ...env, MQTT_PORT: String(await freePort()) }, undefined, root);
  try {
    const seconds = (performance.now() - from) / 1000;
    const pid = app.pid ?? 0;
    return { seconds, cpu: cpuSeconds(pid), mebibytes: residentMebibytes(pid) };
  } finally {
    await app.stop();
  }
}

/** Of one process; from /proc. NaN where there is none. */
function residentMebibytes(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}

await main();
