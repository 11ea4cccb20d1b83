import { z } from 'zod';

/** A key that encrypts what is stored; its id stands beside everything it has encrypted. */
export interface EncryptionKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/** The first encrypts ("plain": nothing does), all decrypt. */
export interface EncryptionKeys {
  readonly current: EncryptionKey | 'plain';
  readonly all: readonly EncryptionKey[];
}

const FORM =
  'must be a list of id:key (key: 32 bytes as base64, as of `openssl rand -base64 32`), the one that encrypts first';

/** Reads a list separated by commas or line ends. @returns the keys, or what is wrong with them; never a part of a key */
export function parseEncryptionKeys(text: string): EncryptionKeys | string {
  const entries = text
    .split(/[,\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const plain = entries[0] === 'plain';
  const all: EncryptionKey[] = [];
  for (const entry of plain ? entries.slice(1) : entries) {
    const [, id, base64] = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/]{43}=?)$/.exec(entry) ?? [];
    if (id === undefined || base64 === undefined) return FORM;
    if (all.some((key) => key.id === id)) return `has the id ${id} twice`;
    all.push({ id, key: Buffer.from(base64, 'base64') });
  }
  const current = plain ? ('plain' as const) : all[0];
  return current === undefined ? FORM : { current, all };
}

/** A setting of that form. */
export const encryptionKeys = z.string().transform((text, context) => {
  const keys = parseEncryptionKeys(text);
  if (typeof keys !== 'string') return keys;
  context.addIssue({ code: 'custom', message: keys });
  return z.NEVER;
});
