import { join } from 'node:path';
import { startComposed } from './compose.js';
import { freePort, has, install, MissingServiceError, runServer, type Service } from './service.js';

export async function startRedis(folder: string): Promise<Service> {
  const command =
    ['redis-server', 'valkey-server'].find(has) ?? (install(['redis-server']) ? 'redis-server' : undefined);
  if (command === undefined) {
    const composed = startComposed('redis');
    if (composed !== undefined) return composed;
    throw new MissingServiceError('Redis is missing: install redis-server, Valkey or Docker Compose, or set REDIS_URL');
  }
  const port = await freePort();
  return runServer(`redis://127.0.0.1:${port}`, {
    command,
    args: ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder],
    port,
    logFile: join(folder, 'redis.log'),
    readyWithinMs: 10_000,
  });
}
