import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfig, StartupError } from '#libs/platform/config';
import { createLogger } from '#libs/platform/telemetry';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { createPlatform, type Platform } from './index.js';

const key = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const ACCESS = { tenant: { id: 't', key: 1 }, client: 'admin', scopes: ['twins.read'] };

describe('a process whose secrets are encrypted', () => {
  let database: TestDatabase;
  const [one, two] = [key('k1'), key('k2')];

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  function start(keys: string | undefined): Promise<Platform> {
    const config = readConfig({
      DATABASE_URL: database.url,
      BOOTSTRAP_TENANT: 't',
      BOOTSTRAP_CLIENT_ID: 'admin',
      BOOTSTRAP_CLIENT_SECRET: 'admin-secret',
      ...(keys === undefined ? {} : { ENCRYPTION_KEYS: keys }),
    });
    return createPlatform(config, { logger: createLogger({ level: 'silent', role: 'test' }) });
  }

  it('accepts tokens across the first encryption and a rotation', async () => {
    const platform = await start(undefined);
    const access = await platform.tokens.verifyClientSecret('admin', 'admin-secret');
    const { token } = await platform.tokens.issue(access ?? ACCESS);
    await platform.close();
    for (const keys of [one, `${one},${two}`, `${two},${one}`, two]) {
      const next = await start(keys);
      expect(await next.tokens.verifyToken(token)).toMatchObject({ client: 'admin' });
      await next.close();
    }
  });

  it.each([
    ['without a key', undefined, 'ENCRYPTION_KEYS: a secret is encrypted by the key k2, which is not given'],
    ['with another key', one, 'ENCRYPTION_KEYS: a secret is encrypted by the key k2, which is not given'],
    ['with another key of that name', key('k2'), 'ENCRYPTION_KEYS: a secret does not open with the key k2'],
  ])('ends %s in one line that names the variable', async (_how, keys, line) => {
    const error: unknown = await start(keys).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StartupError);
    expect((error as Error).message).toContain(line);
    expect((error as Error).message).not.toContain('\n');
  });
});
