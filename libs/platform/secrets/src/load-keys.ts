import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEncryptionKeys, StartupError, type AppConfig, type EncryptionKeys } from '#libs/platform/config';

/** Beside the embedded database. */
const OWN_FILE = 'encryption-keys';

/** Where the keys of a process come from: the variable or file that a message names. */
export interface LoadedKeys {
  readonly keys: EncryptionKeys;
  readonly from: string;
}

/**
 * The keys of `ENCRYPTION_KEYS` or `ENCRYPTION_KEYS_FILE`; with the embedded database, else, those of a file of its own beside it, which
 * is made at the first start (readable by the owner only).
 *
 * @returns undefined where there are none: secrets are stored as they are
 * @throws {StartupError}
 */
export async function loadKeys(config: AppConfig): Promise<LoadedKeys | undefined> {
  if (config.encryptionKeys !== undefined) return { keys: config.encryptionKeys, from: 'ENCRYPTION_KEYS' };
  if (config.encryptionKeysFile !== undefined) return read(config.encryptionKeysFile, 'ENCRYPTION_KEYS_FILE');
  if (config.databaseUrl !== undefined) return undefined;
  const file = join(config.dataDir, OWN_FILE);
  if (!existsSync(file)) await make(file, config.dataDir);
  return read(file, file);
}

/** Whole or not at all: another app may start at the same moment. */
async function make(file: string, folder: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const id = `own-${randomBytes(3).toString('hex')}`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(draft, `${id}:${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
    await link(draft, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') throw new StartupError(`${file} cannot be made (${code ?? 'unknown'})`);
  } finally {
    await rm(draft, { force: true });
  }
}

async function read(file: string, from: string): Promise<LoadedKeys> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new StartupError(`${from}: the file cannot be read (${error.code ?? 'unknown'})`);
  });
  const keys = parseEncryptionKeys(text);
  if (typeof keys === 'string') throw new StartupError(`${from}: the file ${keys}`);
  return { keys, from };
}
