import { spawnSync } from 'node:child_process';
import type { Service } from './service.js';

/** Services of docker-compose.yml and where they listen on this machine. */
const COMPOSED = {
  redis: { service: 'redis', url: 'redis://127.0.0.1:6379' },
  kafka: { service: 'kafka', url: '127.0.0.1:19092' },
  mosquitto: { service: 'mosquitto', url: 'mqtt://homeostat:homeostat@127.0.0.1:1883' },
} as const;

/**
 * What there is no local binary of comes from docker-compose.yml, where Compose works; undefined where it does not. Containers
 * keep running when we stop if they ran before.
 */
export function startComposed(name: keyof typeof COMPOSED): Service | undefined {
  const { service, url } = COMPOSED[name];
  if (!compose('version')) return undefined;
  const ranBefore = compose('exec', '-T', service, 'true');
  if (!compose('up', '--detach', '--wait', service)) return undefined;
  const must = (...args: readonly string[]): Promise<void> =>
    compose(...args) ? Promise.resolve() : Promise.reject(new Error(`docker compose ${args[0]} ${service} failed`));
  return {
    url,
    pid: 0,
    stop: () => (ranBefore ? Promise.resolve() : must('rm', '--stop', '--force', service)),
    kill: () => must('kill', service),
    restart: async () => {
      await must('restart', service);
      await must('up', '--detach', '--wait', service);
    },
  };
}

function compose(...args: readonly string[]): boolean {
  return spawnSync('docker', ['compose', ...args], { stdio: 'ignore' }).status === 0;
}
