import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';

/** What one hash costs: N·r·128 bytes of memory, p times that in time. */
export interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

const MAX_MEMORY = 64 * 1024 * 1024;
const KEY_BYTES = 32;
const AT_ONCE = 2;
const MAX_WAITING = 64;

/** More secrets are waiting to be hashed than will be soon: ask the client to come back. */
export class TooManyLoginsError extends Error {
  override readonly name = 'TooManyLoginsError';
}

/** `scrypt$N$r$p$salt$hash`, base64url: with its own parameters, so that they may rise later. */
export async function scryptHash(secret: string, cost: ScryptCost): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(secret, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** A stored hash that no secret gives, of the same cost as a real one: for those who do not exist. */
export function nobodysHash({ N, r, p }: ScryptCost): string {
  return ['scrypt', N, r, p, 'A'.repeat(22), 'A'.repeat(43)].join('$');
}

export async function matchesHash(secret: string, stored: string): Promise<boolean> {
  const [scheme, n, r, p, salt, hash] = stored.split('$');
  if (scheme !== 'scrypt' || salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, 'base64url');
  const actual = await derive(secret, Buffer.from(salt, 'base64url'), { N: Number(n), r: Number(r), p: Number(p) });
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

/** Hashes one after another, two at once at most: they cost processor and memory, and anybody may ask for one. */
export class HashQueue {
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  /** @throws {TooManyLoginsError} */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= AT_ONCE) {
      if (this.waiting.length >= MAX_WAITING) throw new TooManyLoginsError('too many logins at once');
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }
}

function derive(secret: string, salt: Buffer, cost: ScryptCost): Promise<Buffer> {
  const options: ScryptOptions = { ...cost, maxmem: MAX_MEMORY };
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, KEY_BYTES, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}
