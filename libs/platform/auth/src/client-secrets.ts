import { createHmac, randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';

// OWASP password storage, scrypt N=2^15, r=8, p=1: about 32 MB and 60 ms for each hash. Client secrets are random, so this is ample.
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const;
const KEY_BYTES = 32;
const AT_ONCE = 2;
const MAX_WAITING = 64;
const REMEMBERED_MS = 5 * 60_000;
const REFUSED_MS = 10_000;
const MAX_REMEMBERED = 4_096;

/** More secrets are waiting to be hashed than will be soon: ask the client to come back. */
export class TooManyLoginsError extends Error {
  override readonly name = 'TooManyLoginsError';
}

/** `scrypt$N$r$p$salt$hash`, base64url. */
export async function hashSecret(secret: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(secret, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/**
 * Compares secrets with their stored hashes. Verified secrets are remembered for five minutes (as a keyed digest), so that a client that
 * asks often costs one hash; wrong ones for ten seconds; at most two hashes run at once and few wait.
 */
export class SecretVerifier {
  private readonly key = randomBytes(32);
  private readonly remembered = new Map<string, { readonly matches: boolean; readonly until: number }>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  constructor(private readonly now: () => number = Date.now) {}

  /** @throws {TooManyLoginsError} */
  async matches(secret: string, stored: string): Promise<boolean> {
    const digest = createHmac('sha256', this.key).update(stored).update('\0').update(secret).digest('base64');
    const known = this.remembered.get(digest);
    if (known !== undefined && known.until > this.now()) return known.matches;
    const matches = await this.inTurn(() => compare(secret, stored));
    this.remembered.delete(digest);
    if (this.remembered.size >= MAX_REMEMBERED) {
      const oldest = this.remembered.keys().next();
      if (oldest.done !== true) this.remembered.delete(oldest.value);
    }
    this.remembered.set(digest, { matches, until: this.now() + (matches ? REMEMBERED_MS : REFUSED_MS) });
    return matches;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
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

async function compare(secret: string, stored: string): Promise<boolean> {
  const [scheme, n, r, p, salt, hash] = stored.split('$');
  if (scheme !== 'scrypt' || salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, 'base64url');
  const options = { N: Number(n), r: Number(r), p: Number(p), maxmem: COST.maxmem };
  const actual = await derive(secret, Buffer.from(salt, 'base64url'), options);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function derive(secret: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, KEY_BYTES, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}
