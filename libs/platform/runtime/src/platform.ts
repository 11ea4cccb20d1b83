import type { Pool } from 'pg';
import type { EventLog } from '#libs/platform/messaging';
import type { HotState } from '#libs/platform/storage';
import type { OAuthServer, PasswordAttempts, RateLimits, Sessions, SigningKeys, Tokens } from '#libs/platform/auth';
import type { AppConfig } from '#libs/platform/config';
import type { SecretBox } from '#libs/platform/secrets';
import type { Logger, Metrics, Readiness } from '#libs/platform/telemetry';

/** What every app of a process shares. Apps are given it by `XModule.forRoot(platform)`. */
export interface Platform {
  readonly config: AppConfig;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly databaseUrl: string;
  readonly pool: Pool;
  readonly log: EventLog;
  readonly hot: HotState;
  /** Opens and seals secrets that are stored. */
  readonly box: SecretBox;
  readonly tokens: Tokens;
  readonly oauth: OAuthServer;
  readonly limits: RateLimits;
  /** Of people who signed in with a browser. */
  readonly sessions: Sessions;
  readonly passwordAttempts: PasswordAttempts;
  readonly signingKeys: SigningKeys;
  readonly readiness: Readiness;
  /** Aborted when the process begins to close: end long answers (streams) now. */
  readonly closing: AbortSignal;
  /**
   * Runs on close, before the log and the pool are closed, in reverse order of registration: stop consumers, timers and
   * brokers here (or in Nest's `onApplicationShutdown`). All together have about 4 s.
   */
  onClose(stop: () => Promise<void>): void;
  /**
   * Runs once before the process says that it is ready, one after another in order of registration, when nothing else of its start is under way:
   * so each finds the connections that the one before has left. It is given the process's own address. What fails is left out.
   */
  rehearse(warmUp: (url: string) => Promise<unknown>): void;
  readonly rehearsals: readonly ((url: string) => Promise<unknown>)[];
  /** For consumers that have failed: closes what can be closed and ends the process with exit code 1. */
  fail(reason: string): void;
  /** Aborts {@link closing}; open streams end, and the server can close. */
  beginClosing(): void;
  close(): Promise<void>;
}
