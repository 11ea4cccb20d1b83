import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka } from './kafka.js';
import { startMosquitto } from './mosquitto.js';
import { startPostgres } from './postgres.js';
import { startRedis } from './redis.js';
import type { Service } from './service.js';

export { chromium, openChromium } from './chromium.js';
export { freePort, MissingServiceError, type Service } from './service.js';

export const SERVICES = {
  postgres: { variable: 'DATABASE_URL', start: startPostgres },
  redis: { variable: 'REDIS_URL', start: startRedis },
  kafka: { variable: 'KAFKA_BROKERS', start: startKafka },
  mosquitto: { variable: 'MQTT_URL', start: startMosquitto },
} as const;
export type ServiceName = keyof typeof SERVICES;

export interface StartedServices {
  readonly services: Readonly<Record<string, Service>>;
  /** The variables by which apps and tests find them. */
  readonly env: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

/**
 * The one launcher: a service named in the environment is taken as it is (and never touched); else a local binary is started
 * on a free port with data in a temporary folder; else one line says what to install.
 *
 * @param options.durable false for databases that nobody keeps: Postgres does not wait for the disk
 */
export async function startServices(
  names: readonly ServiceName[],
  given: Readonly<Record<string, string | undefined>>,
  options: { readonly durable: boolean } = { durable: true },
): Promise<StartedServices> {
  const folder = mkdtempSync(join(tmpdir(), 'homeostat-services-'));
  const started: Service[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((service) => service.stop().catch(() => undefined)));
    rmSync(folder, { recursive: true, force: true });
  };
  const pairOf = async (name: ServiceName): Promise<readonly [ServiceName, Service]> => {
    const url = given[SERVICES[name].variable];
    if (url !== undefined && url !== '') return [name, somebodyElses(url)];
    const own = join(folder, name);
    mkdirSync(own);
    const service = await start(name, own, options);
    started.push(service);
    return [name, service];
  };
  // All at once; a failure is reported when none is on its way any more, so that none is left behind.
  const outcomes = await Promise.allSettled(names.map(pairOf));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  const pairs = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  return {
    services: Object.fromEntries(pairs),
    env: Object.fromEntries(pairs.map(([name, service]) => [SERVICES[name].variable, service.url])),
    stop,
  };
}

function start(name: ServiceName, folder: string, options: { readonly durable: boolean }): Promise<Service> {
  return name === 'postgres' ? startPostgres(folder, options) : SERVICES[name].start(folder);
}

/** A server somebody else started: used, never stopped. */
function somebodyElses(url: string): Service {
  const notOurs = (): Promise<void> => Promise.reject(new Error('a server that was given is not ours to stop'));
  return { url, pid: 0, stop: () => Promise.resolve(), kill: notOurs, restart: notOurs };
}
