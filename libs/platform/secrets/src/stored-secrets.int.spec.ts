import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { ClientStore, createPool } from '#libs/platform/storage';
import { SigningKeys } from '#libs/platform/auth';
import { readConfig } from '#libs/platform/config';
import { LaneStore, WebhookStore } from '#libs/platform/delivery';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { loadKeys, reencryptSecrets, SecretBox, SecretKeyError } from './index.js';

const KEY_1 = `k1:${randomBytes(32).toString('base64')}`;
const KEY_2 = `k2:${randomBytes(32).toString('base64')}`;

async function box(keys: string): Promise<SecretBox> {
  const loaded = await loadKeys(readConfig({ ENCRYPTION_KEYS: keys }));
  return new SecretBox(loaded!.keys);
}

describe('stored secrets', () => {
  let database: TestDatabase;
  let pool: Pool;

  beforeEach(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url);
  });
  afterEach(async () => {
    await pool.end();
    await database.drop();
  });

  const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const RETIRED = 'whsec_Gur4cGKYqrTwjUPD8ILPZIo2LaLaSwRg';

  async function webhook(store: WebhookStore): Promise<string> {
    const id = randomUUID();
    const rest = { url: 'https://example.org', filter: {}, description: null, createdBy: 'test' };
    await store.create({ tenant: 1, id, secret: SECRET, ...rest });
    const retire = () => [
      { secret: SECRET, until: null },
      { secret: RETIRED, until: 4e12 },
    ];
    await store.rotate(1, id, retire, { id: randomUUID(), at: 0, actor: 'test', detail: {} });
    return id;
  }

  async function secretsOf(id: string, with_: SecretBox): Promise<readonly string[] | undefined> {
    const view = await new LaneStore(pool, with_).look(1, id, { now: 0, inFlight: [], fresh: 1, again: 1 });
    return view?.secrets.map(({ secret }) => secret);
  }

  async function stored(): Promise<string> {
    const { rows } = await pool.query(
      'SELECT json_agg(w)::text AS all FROM webhooks w UNION ALL SELECT json_agg(k)::text FROM signing_keys k',
    );
    return JSON.stringify(rows);
  }

  it('of webhooks and signing keys are not readable in the tables', async () => {
    const one = await box(KEY_1);
    const id = await webhook(new WebhookStore(pool, one));
    await new SigningKeys(new ClientStore(pool), one).load();
    const text = await stored();
    for (const readable of [SECRET, RETIRED, 'whsec_', 'OKP']) expect(text).not.toContain(readable);
    expect(await secretsOf(id, one)).toEqual([SECRET, RETIRED]);
  });

  it('that were stored before there were keys are read, and encrypted at the start', async () => {
    const id = await webhook(new WebhookStore(pool));
    const before = new SigningKeys(new ClientStore(pool));
    const { kid } = await before.newest();
    expect(await stored()).toContain(SECRET);
    const one = await box(KEY_1);
    expect(await secretsOf(id, one)).toEqual([SECRET, RETIRED]);
    expect(await Promise.all([reencryptSecrets(pool, one), reencryptSecrets(pool, one)])).toEqual(
      expect.arrayContaining([0]),
    );
    expect(await stored()).not.toContain('whsec_');
    expect(await secretsOf(id, one)).toEqual([SECRET, RETIRED]);
    const after = new SigningKeys(new ClientStore(pool), one);
    await after.load();
    expect((await after.newest()).kid).toBe(kid);
    expect(await reencryptSecrets(pool, one)).toBe(0);
  });

  it('open after a rotation of keys, and then without the old key', async () => {
    const id = await webhook(new WebhookStore(pool, await box(KEY_1)));
    const both = await box(`${KEY_2},${KEY_1}`);
    expect(await secretsOf(id, both)).toEqual([SECRET, RETIRED]);
    expect(await reencryptSecrets(pool, both)).toBe(1);
    const two = await box(KEY_2);
    expect(await reencryptSecrets(pool, two)).toBe(0);
    expect(await secretsOf(id, two)).toEqual([SECRET, RETIRED]);
    await expect(secretsOf(id, await box(KEY_1))).rejects.toThrow(SecretKeyError);
  });

  it('stay as they are when a key is missing', async () => {
    await webhook(new WebhookStore(pool, await box(KEY_1)));
    const before = await stored();
    await expect(reencryptSecrets(pool, await box(KEY_2))).rejects.toThrow(
      'a secret is encrypted by the key k1, which is not given',
    );
    expect(await stored()).toBe(before);
  });

  it('are stored readable again with "plain" first, for the software before', async () => {
    const id = await webhook(new WebhookStore(pool, await box(KEY_1)));
    expect(await reencryptSecrets(pool, await box(`plain,${KEY_1}`))).toBe(1);
    const { rows } = await pool.query('SELECT secret FROM webhooks WHERE id = $1', [id]);
    expect(rows).toEqual([{ secret: SECRET }]);
  });
});

describe('the keys of an embedded installation', () => {
  it('lie in a file beside the database, made once and readable by the owner only', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'homeostat-keys-'));
    try {
      const config = readConfig({ DATA_DIR: join(folder, 'data') });
      const [first, second] = await Promise.all([loadKeys(config), loadKeys(config)]);
      expect(second?.keys).toEqual(first?.keys);
      const file = join(folder, 'data', 'encryption-keys');
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect((await readFile(file, 'utf8')).length).toBeGreaterThan(44);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('are none with a database of its own, unless they are given', async () => {
    expect(await loadKeys(readConfig({ DATABASE_URL: 'postgres://x/y' }))).toBeUndefined();
    await expect(loadKeys(readConfig({ ENCRYPTION_KEYS_FILE: '/nowhere/keys' }))).rejects.toThrow(
      'ENCRYPTION_KEYS_FILE: the file cannot be read (ENOENT)',
    );
  });
});
