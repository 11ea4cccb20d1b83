import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { EncryptionKeys } from '#libs/platform/config';

/** Encrypted under a key that is not given, or that is not the key it claims to be. */
export class SecretKeyError extends Error {
  override readonly name = 'SecretKeyError';
}

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const MARK = 'enc1';

/**
 * Secrets as they are stored: `enc1.<key id>.<data key>.<text>`. Each has a data key of its own, which encrypts the text and is itself
 * encrypted by one of our keys (AES-256-GCM both, NIST SP 800-38D). The place where it is stored goes in as additional data, so that
 * a value copied to another row does not open. What does not begin so is text that was stored before there were keys.
 */
export class SecretBox {
  constructor(private readonly keys: EncryptionKeys) {}

  /** @param place of the row, unique: `webhook/<tenant>/<id>` */
  seal(text: string, place: string): string {
    const { current } = this.keys;
    if (current === 'plain') return text;
    const dataKey = randomBytes(32);
    const wrapped = encrypt(current.key, dataKey, `${current.id}/${place}`);
    return [MARK, current.id, wrapped, encrypt(dataKey, Buffer.from(text, 'utf8'), place)].join('.');
  }

  /** @throws {SecretKeyError} */
  open(stored: string, place: string): string {
    const parts = partsOf(stored);
    if (parts === undefined) return stored;
    const { id, wrapped, sealed } = parts;
    const key = this.keys.all.find((one) => one.id === id);
    if (key === undefined) throw new SecretKeyError(`a secret is encrypted by the key ${id}, which is not given`);
    try {
      return decrypt(decrypt(key.key, wrapped, `${id}/${place}`), sealed, place).toString('utf8');
    } catch {
      throw new SecretKeyError(`a secret does not open with the key ${id}: it is another key of that name`);
    }
  }

  /** False when it was encrypted by an earlier key, or not at all. */
  isCurrent(stored: string): boolean {
    const { current } = this.keys;
    return partsOf(stored)?.id === (current === 'plain' ? undefined : current.id);
  }
}

/** Stores secrets as they are. */
export const NO_KEYS: EncryptionKeys = { current: 'plain', all: [] };

function partsOf(
  stored: string,
): { readonly id: string; readonly wrapped: string; readonly sealed: string } | undefined {
  const [mark, id, wrapped, sealed] = stored.split('.');
  if (mark !== MARK || id === undefined || wrapped === undefined || sealed === undefined) return undefined;
  return { id, wrapped, sealed };
}

function encrypt(key: Uint8Array, text: Uint8Array, place: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv).setAAD(Buffer.from(place, 'utf8'));
  const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
}

function decrypt(key: Uint8Array, sealed: string, place: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(place, 'utf8'))
    .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
}
