import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamicModule } from '@nestjs/common';
import { loadConfig, redacted, StartupError, type AppConfig, type Role } from '#libs/platform/config';
import { bootstrap, type RunningServer } from '#libs/platform/http';
import { createPlatform } from './create-platform.js';
import { startHeartbeat } from './heartbeat.js';
import type { Platform } from './platform.js';

const CLOSE_WITHIN_MS = 4_700;
/** Requests at hand may take this long when closing. */
const LINGER_MS = 2_000;

/**
 * The whole life of a process, for `main.ts`: settings → platform → modules → listening → `ready <url>` on a line of its own when
 * the readiness check passes and the way of an alert is rehearsed → close on SIGTERM or SIGINT within five seconds. Without `config` the environment is read.
 */
export async function serve(
  role: Role,
  modules: (platform: Platform) => readonly DynamicModule[],
  config: AppConfig = loadConfig(role),
): Promise<Served> {
  const platform = await createPlatform(config).catch(endOnStartupError);
  platform.logger.info({ config: redacted(config) }, 'starting');
  const server = await bootstrap(modules(platform), platform).catch(async (error: unknown) => {
    await platform.close();
    return endOnStartupError(takenPort(error, config) ?? error);
  });
  startHeartbeat(platform);
  const close = closeOnSignals(platform, server);
  await announceWhenReady(platform, server.url);
  return { platform, server, close };
}

export interface Served {
  readonly platform: Platform;
  readonly server: RunningServer;
  close(): Promise<void>;
}

async function announceWhenReady(platform: Platform, url: string): Promise<void> {
  while (!platform.closing.aborted) {
    const report = await platform.readiness.report();
    if (report.status === 'ready') {
      for (const rehearsal of platform.rehearsals)
        await rehearsal(url).catch((error: unknown) => platform.logger.debug({ err: error }, 'not warmed up'));
      process.stdout.write(`ready ${url}\n`);
      return;
    }
    await sleep(50);
  }
}

function closeOnSignals(platform: Platform, server: RunningServer): () => Promise<void> {
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeBounded(platform, server));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    // Every time: a terminal and the process above may both send it, and the second must not cut the closing short.
    process.on(signal, () => {
      platform.logger.info({ signal }, 'closing');
      void close().then(() => process.exit());
    });
  }
  return close;
}

async function closeBounded(platform: Platform, server: RunningServer): Promise<void> {
  const overdue = setTimeout(() => {
    platform.logger.error({}, 'closing took too long; ending');
    process.exit(1);
  }, CLOSE_WITHIN_MS);
  platform.beginClosing();
  const lingering = setTimeout(() => server.app.getHttpServer().closeAllConnections(), LINGER_MS);
  await server.close().catch((error: unknown) => platform.logger.warn({ err: error }, 'server not closed cleanly'));
  await platform.close();
  clearTimeout(lingering);
  clearTimeout(overdue);
}

function takenPort(error: unknown, config: AppConfig): StartupError | undefined {
  const { code, port } = error as { readonly code?: unknown; readonly port?: unknown };
  if (code !== 'EADDRINUSE' || typeof port !== 'number') return undefined;
  const variable = port === config.http.port ? 'PORT' : 'MQTT_PORT';
  return new StartupError(`port ${port} of ${config.http.host} is taken; set ${variable} to a free one`);
}

function endOnStartupError(error: unknown): never {
  const line = error instanceof StartupError ? error.message : describe(error);
  process.stderr.write(`start: ${line}\n`);
  if (!(error instanceof StartupError) && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  process.exit(1);
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
