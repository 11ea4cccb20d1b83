import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { TOPICS } from '#libs/contracts';
import { readConfig } from '#libs/platform/config';
import { startEmbeddedPostgres } from '#libs/platform/embedded-postgres';
import { createPlatform, type Platform } from '#libs/platform/runtime';
import { createLogger } from '#libs/platform/telemetry';
import { createTestDatabase, until, type TestDatabase } from '#libs/testing';
import { startKafka } from '../../tools/services/kafka.js';
import { freePort, runServer, type Service } from '../../tools/services/service.js';
import { makeCertificates, type Certificates } from '../support/certificates.js';

let folder: string;
let certificates: Certificates;
let database: TestDatabase;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'homeostat-tls-'));
  chmodSync(folder, 0o755);
  certificates = makeCertificates(folder);
  database = await createTestDatabase();
}, 60_000);
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

function start(env: Readonly<Record<string, string>>): Promise<Platform> {
  const config = readConfig({ DATABASE_URL: database.url, ...env }, 'wearable-gateway');
  return createPlatform(config, { logger: createLogger({ level: 'silent', role: 'test' }) });
}

async function refusalOf(env: Readonly<Record<string, string>>): Promise<string> {
  const outcome = await start(env).catch((error: unknown) => (error as Error).message);
  if (typeof outcome === 'string') return outcome;
  await outcome.close();
  return 'it started';
}

describe('Postgres with TLS', () => {
  let server: Awaited<ReturnType<typeof startEmbeddedPostgres>>;
  const env = (ca: string, host = '127.0.0.1') => ({
    DATABASE_URL: server.url.replace('127.0.0.1', host),
    DATABASE_CA_FILE: ca,
  });

  beforeAll(async () => {
    server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const data = join(folder, 'postgres', 'postgres');
    // They must be the server's own, and readable by nobody else; as root it runs as another user.
    const { uid, gid } = statSync(join(data, 'PG_VERSION'));
    for (const [name, file] of [
      ['server.key', certificates.key],
      ['server.crt', certificates.certificate],
    ] as const) {
      copyFileSync(file, join(data, name));
      chmodSync(join(data, name), 0o600);
      chownSync(join(data, name), uid, gid);
    }
    await client.query(`ALTER SYSTEM SET ssl = on`);
    await client.query(`SELECT pg_reload_conf()`);
    await client.end();
  }, 60_000);
  afterAll(() => server.stop());

  it('is used when its authority and host are the right ones', async () => {
    const platform = await start(env(certificates.ca));
    const { rows } = await platform.pool.query(
      'SELECT bool_and(ssl) AS all FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename IS NOT NULL AND backend_type = $1',
      ['client backend'],
    );
    expect(rows).toEqual([{ all: true }]);
    await platform.close();
  }, 60_000);

  it('is refused when they are not, in one line', async () => {
    expect(await refusalOf(env(certificates.otherCa))).toMatch(
      /^database: the server's certificate is not accepted \(\w+\); check the …_CA_FILE/,
    );
    expect(await refusalOf(env(certificates.ca, 'localhost'))).toMatch(/^database: .*not accepted/);
    expect(await refusalOf(env(join(folder, 'absent.pem')))).toBe('DATABASE_CA_FILE: the file cannot be read (ENOENT)');
  }, 60_000);
});

describe('Redis with TLS', () => {
  let server: Service;

  beforeAll(async () => {
    const port = await freePort();
    const { key, certificate, ca } = certificates;
    const files = ['--tls-key-file', key, '--tls-cert-file', certificate, '--tls-ca-cert-file', ca];
    server = await runServer(`rediss://127.0.0.1:${port}`, {
      command: 'redis-server',
      args: [
        '--port',
        '0',
        '--tls-port',
        `${port}`,
        ...files,
        '--tls-auth-clients',
        'no',
        '--save',
        '',
        '--dir',
        folder,
      ],
      port,
      logFile: join(folder, 'redis.log'),
      readyWithinMs: 10_000,
    });
  }, 30_000);
  afterAll(() => server.stop());

  it('is used with the right authority', async () => {
    const platform = await start({ REDIS_URL: server.url, REDIS_CA_FILE: certificates.ca });
    await until(() => platform.hot.healthy());
    await platform.hot.put([{ tenant: 1, patient: 'p', version: 1, view: '{}' }]);
    expect(await platform.hot.get(1, 'p')).toMatchObject({ version: 1 });
    await platform.close();
  });

  it('is not used with another: the process goes on without it', async () => {
    const platform = await start({ REDIS_URL: server.url, REDIS_CA_FILE: certificates.otherCa });
    await platform.hot.put([{ tenant: 1, patient: 'q', version: 1, view: '{}' }]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(platform.hot.healthy()).toBe(false);
    expect(await platform.hot.get(1, 'q')).toBeUndefined();
    await platform.close();
  });
});

describe('Kafka with TLS and a login', () => {
  let server: Service;
  const env = (over: Readonly<Record<string, string>> = {}) => ({
    KAFKA_BROKERS: server.url,
    KAFKA_CA_FILE: certificates.ca,
    KAFKA_SASL_MECHANISM: 'scram-sha-512',
    KAFKA_USERNAME: 'homeostat',
    KAFKA_PASSWORD: 'broker-secret',
    ...over,
  });

  beforeAll(async () => {
    server = await startKafka(folder, {
      keyAndCertificateFile: certificates.both,
      username: 'homeostat',
      password: 'broker-secret',
    });
  }, 120_000);
  afterAll(() => server.stop());

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'])(
    'takes records by %s',
    async (mechanism) => {
      const platform = await start(env({ KAFKA_SASL_MECHANISM: mechanism }));
      await platform.log.append([{ topic: TOPICS.deadLetters, key: 'k', value: mechanism }]);
      const ends = await platform.log.ends(TOPICS.deadLetters);
      expect(ends.some(({ next }) => next > 0n)).toBe(true);
      await platform.close();
    },
    60_000,
  );

  it('refuses another authority and a wrong password, in one line', async () => {
    expect(await refusalOf(env({ KAFKA_CA_FILE: certificates.otherCa }))).toMatch(
      /^Kafka: the server's certificate is not accepted/,
    );
    expect(await refusalOf(env({ KAFKA_PASSWORD: 'wrong' }))).toMatch(/^Kafka: the login is refused/);
  }, 60_000);
});
