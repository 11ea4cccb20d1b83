import type { Pool } from 'pg';
import type { EventLog } from '#libs/platform/messaging';
import type { HotState } from '#libs/platform/storage';
import type { Tokens } from './access.js';
import type { AppConfig } from './config.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';
import type { Readiness } from './readiness.js';

/** What every app of a process shares. Apps are given it by `XModule.forRoot(platform)`. */
export interface Platform {
  readonly config: AppConfig;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly databaseUrl: string;
  readonly pool: Pool;
  readonly log: EventLog;
  readonly hot: HotState;
  readonly tokens: Tokens;
  readonly readiness: Readiness;
  /**
   * Runs on shutdown, before pool and log are closed, in reverse order of registration: stop consumers, timers and brokers here
   * (or in Nest's `onApplicationShutdown`). All together have 4 s.
   */
  onClose(stop: () => Promise<void>): void;
  /** Ends the process with an exit code other than 0 after closing what can be closed: for consumers that can not go on. */
  fail(reason: string): void;
  close(): Promise<void>;
}
