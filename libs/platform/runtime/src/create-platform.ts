import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Pool } from 'pg';
import { createEventLog, ensureTopics, startRelay } from '#libs/platform/messaging';
import { ClientStore, SessionStore, createHotState, createPool, migrate, MigrationError } from '#libs/platform/storage';
import {
  AccessTokens,
  ALL_SCOPES,
  ClientAuthentication,
  ClientGrants,
  ClientKeys,
  hashSecret,
  OAuthServer,
  OutsideIssuer,
  SecretVerifier,
  SigningKeys,
  Sessions,
} from '#libs/platform/auth';
import { StartupError, type AppConfig, type Role } from '#libs/platform/config';
import { loadKeys, NO_KEYS, reencryptSecrets, SecretBox, SecretKeyError } from '#libs/platform/secrets';
import { startEmbeddedPostgres } from '#libs/platform/embedded-postgres';
import { createLogger, createMetrics, Readiness, type Logger } from '#libs/platform/telemetry';
import type { Platform } from './platform.js';
import { createLimits } from './create-limits.js';
import { watchingBoth } from './tokens-and-sessions.js';
import { untilReachable } from './until-reachable.js';

export interface PlatformOptions {
  readonly logger?: Logger;
}

/** Roles that append to the log inside their transactions; with Kafka they also forward what was so appended. */
const RELAYING: readonly Role[] = ['all-in-one', 'fhir-gateway', 'twin-engine', 'twin-api'];

/**
 * Connects a process to what it needs: database (embedded when none is given), schema, log, hot state, keys, and the bootstrap client.
 * Waits up to 30 s for services that are still starting.
 */
export async function createPlatform(config: AppConfig, options: PlatformOptions = {}): Promise<Platform> {
  const logger = options.logger ?? createLogger({ level: config.logLevel, role: config.role });
  const metrics = createMetrics();
  const stops: (() => Promise<void>)[] = [];
  try {
    requireFiles(config);
    const databaseUrl = config.databaseUrl ?? (await embedded(config, stops));
    await untilReachable('database', () => migrate(databaseUrl)).catch(asStartupError);
    const pool = createPool(databaseUrl, {
      name: `homeostat-${config.role}`,
      max: config.role === 'all-in-one' ? 20 : 10,
      onError: (error) => logger.warn({ err: error }, 'a database connection broke'),
    });
    stops.push(() => pool.end());
    if (config.kafkaBrokers !== undefined) {
      const brokers = config.kafkaBrokers;
      const clientId = `homeostat-${config.role}`;
      await untilReachable('Kafka', () => ensureTopics({ brokers, clientId, security: config.security.kafka }));
    }
    const log = createEventLog({
      kafkaBrokers: config.kafkaBrokers,
      kafkaSecurity: config.security.kafka,
      pool,
      databaseUrl,
      clientId: `homeostat-${config.role}`,
      logger,
    });
    stops.push(() => log.close());
    const hot = createHotState(config.redisUrl, config.security.redisCaFile);
    stops.push(() => hot.close());

    const box = await openSecrets(config, pool, logger);
    const clients = new ClientStore(pool);
    const keys = new SigningKeys(clients, box);
    await keys.load();
    const secrets = new SecretVerifier();
    const grants = new ClientGrants(clients);
    const { sessionIdleMs: idleMs, sessionAbsoluteMs: absoluteMs } = config.people;
    const sessions = new Sessions(new SessionStore(pool), { idleMs, absoluteMs });
    const tokens = new AccessTokens(keys, clients, secrets, grants, outsideIssuer(config, clients));
    await putBootstrapClient(config, clients, secrets);

    const { limits, passwordAttempts } = createLimits(config, metrics, stops);
    const { publicUrl } = config.http;
    const clientKeys = new ClientKeys(config.jwksAllowedHosts);
    const authentication = new ClientAuthentication({
      tokens,
      clients,
      keys: clientKeys,
      limits,
      publicUrl,
      now: Date.now,
    });
    const oauth = new OAuthServer({ tokens, clients, authentication, grants, publicUrl });
    const readiness = new Readiness(log, metrics);
    readiness.addCheck({ name: 'database', run: async () => void (await pool.query('SELECT 1')) });
    readiness.addCheck({ name: 'log', run: async () => (log.healthy() ? undefined : 'unreachable') });
    readiness.addCheck({
      name: 'hot state',
      optional: true,
      run: async () => (hot.healthy() ? undefined : 'unreachable'),
    });

    const closing = new AbortController();
    const rehearsals: ((url: string) => Promise<unknown>)[] = [];
    const platform: Platform = {
      config,
      logger,
      metrics,
      databaseUrl,
      pool,
      log,
      hot,
      box,
      tokens: watchingBoth(tokens, sessions),
      oauth,
      limits,
      sessions,
      passwordAttempts,
      signingKeys: keys,
      readiness,
      closing: closing.signal,
      onClose: (stop) => void stops.push(stop),
      rehearse: (warmUp) => void rehearsals.push(warmUp),
      rehearsals,
      fail: (reason) => {
        logger.fatal({ reason }, 'fatal: shutting down');
        process.exitCode = 1;
        process.kill(process.pid, 'SIGTERM');
      },
      beginClosing: () => closing.abort(),
      close: once(async () => {
        closing.abort();
        await stopAll(stops, logger);
      }),
    };
    await startForwarding(platform);
    return platform;
  } catch (error) {
    await stopAll(stops, logger);
    throw error;
  }
}

/** @throws {StartupError} naming the first variable whose file cannot be read */
function requireFiles({ security: { databaseCaFile, redisCaFile, kafka } }: AppConfig): void {
  const files = {
    DATABASE_CA_FILE: databaseCaFile,
    REDIS_CA_FILE: redisCaFile,
    KAFKA_CA_FILE: kafka.tls?.caFile,
    KAFKA_CERT_FILE: kafka.tls?.certFile,
    KAFKA_KEY_FILE: kafka.tls?.keyFile,
  };
  for (const [variable, file] of Object.entries(files)) {
    try {
      if (file !== undefined) readFileSync(file);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new StartupError(`${variable}: the file cannot be read (${code ?? 'unknown'})`);
    }
  }
}

function asStartupError(error: unknown): never {
  throw error instanceof MigrationError ? new StartupError(error.message) : error;
}

async function embedded(config: AppConfig, stops: (() => Promise<void>)[]): Promise<string> {
  const postgres = await startEmbeddedPostgres({ dataDir: resolve(config.dataDir) });
  stops.push(() => postgres.stop());
  return postgres.url;
}

/** @throws {StartupError} naming the variable, when what is stored opens with none of the keys */
async function openSecrets(config: AppConfig, pool: Pool, logger: Logger): Promise<SecretBox> {
  const loaded = await loadKeys(config);
  if (loaded === undefined)
    logger.warn({}, 'webhook secrets and signing keys are stored readable: set ENCRYPTION_KEYS (docs/operate.md)');
  const box = new SecretBox(loaded?.keys ?? NO_KEYS);
  try {
    const reencrypted = await reencryptSecrets(pool, box);
    if (reencrypted > 0) logger.info({ reencrypted }, 'stored secrets were encrypted anew');
    return box;
  } catch (error) {
    if (!(error instanceof SecretKeyError)) throw error;
    throw new StartupError(`${loaded?.from ?? 'ENCRYPTION_KEYS'}: ${error.message}; give the key that encrypted it`);
  }
}

function outsideIssuer({ oidc, jwksAllowedHosts }: AppConfig, clients: ClientStore): OutsideIssuer | undefined {
  return oidc === undefined ? undefined : new OutsideIssuer({ ...oidc, allowedHosts: jwksAllowedHosts }, clients);
}

/** Left as it is where it is right already: tokens and connections end when a client changes, and any app may start at any time. */
async function putBootstrapClient(config: AppConfig, clients: ClientStore, secrets: SecretVerifier): Promise<void> {
  if (config.bootstrapClient === undefined) return;
  const { tenant, clientId, clientSecret } = config.bootstrapClient;
  const there = await clients.find(clientId);
  const same =
    there?.tenant.id === tenant &&
    // A later release may know more of them: taking those away would end its tokens.
    ALL_SCOPES.every((scope) => there.scopes.includes(scope)) &&
    there.jwks === null &&
    there.secretHash !== null &&
    (await secrets.matches(clientSecret, there.secretHash));
  if (same) return;
  await clients.put({
    tenant,
    id: clientId,
    secretHash: await hashSecret(clientSecret),
    jwks: null,
    scopes: ALL_SCOPES,
  });
}

async function startForwarding(platform: Platform): Promise<void> {
  const { config, logger, pool, databaseUrl } = platform;
  if (config.kafkaBrokers === undefined || !RELAYING.includes(config.role)) return;
  const relay = await startRelay({
    pool,
    databaseUrl,
    kafkaBrokers: config.kafkaBrokers,
    kafkaSecurity: config.security.kafka,
    clientId: `homeostat-relay-${config.role}`,
    logger,
  });
  platform.onClose(() => relay.stop());
  platform.readiness.addCheck({ name: 'relay', run: async () => (relay.healthy() ? undefined : 'not forwarding') });
}

/** Newest first; one that fails does not keep the others from stopping. */
async function stopAll(stops: (() => Promise<void>)[], logger: Logger): Promise<void> {
  for (const stop of stops.splice(0).reverse()) {
    await stop().catch((error: unknown) => logger.warn({ err: error }, 'not stopped cleanly'));
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= work());
}
