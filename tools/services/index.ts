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
 */
export async function startServices(
  names: readonly ServiceName[],
  given: Readonly<Record<string, string | undefined>>,
): Promise<StartedServices> {
  const folder = mkdtempSync(join(tmpdir(), 'homeostat-services-'));
  const started: Service[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((service) => service.stop().catch(() => undefined)));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const pairs: (readonly [ServiceName, Service])[] = [];
    for (const name of names) {
      const url = given[SERVICES[name].variable];
      if (url !== undefined && url !== '') {
        pairs.push([name, somebodyElses(url)]);
        continue;
      }
      const own = join(folder, name);
      mkdirSync(own);
      const service = await SERVICES[name].start(own);
      started.push(service);
      pairs.push([name, service]);
    }
    return {
      services: Object.fromEntries(pairs),
      env: Object.fromEntries(pairs.map(([name, service]) => [SERVICES[name].variable, service.url])),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A server somebody else started: used, never stopped. */
function somebodyElses(url: string): Service {
  const notOurs = (): Promise<void> => Promise.reject(new Error('a server that was given is not ours to stop'));
  return { url, pid: 0, stop: () => Promise.resolve(), kill: notOurs, restart: notOurs };
}
