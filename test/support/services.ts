import { startServices, type Service, type ServiceName } from '../../tools/services/index.js';

export interface OwnServices {
  readonly postgres: Service;
  readonly redis: Service;
  readonly kafka: Service;
  readonly mosquitto: Service;
  /** Process ids of the servers, for their share of the CPU. */
  pids(): Readonly<Record<string, number>>;
  readonly stop: () => Promise<void>;
}

/** Servers of a test's own, to break as it likes: those in the environment are left alone. A service not asked for is absent. */
export async function startOwnServices(names: readonly ServiceName[]): Promise<OwnServices> {
  const { services, stop } = await startServices(names, {});
  const one = (name: ServiceName): Service => {
    const service = services[name];
    if (service === undefined) throw new Error(`${name} was not asked for`);
    return service;
  };
  return {
    get postgres() {
      return one('postgres');
    },
    get redis() {
      return one('redis');
    },
    get kafka() {
      return one('kafka');
    },
    get mosquitto() {
      return one('mosquitto');
    },
    pids: () => Object.fromEntries(Object.entries(services).map(([name, service]) => [name, service.pid])),
    stop,
  };
}
