import { createHmac, randomBytes } from 'node:crypto';
import { HashQueue, matchesHash, scryptHash } from './scrypt-hash.js';

/** About 32 MB and 60 ms for each hash. Client secrets are random, so this is ample. */
export const SECRET_COST = { N: 2 ** 15, r: 8, p: 1 } as const;
const REMEMBERED_MS = 5 * 60_000;
const REFUSED_MS = 10_000;
const MAX_REMEMBERED = 4_096;

/** `scrypt$N$r$p$salt$hash`, base64url. */
export function hashSecret(secret: string): Promise<string> {
  return scryptHash(secret, SECRET_COST);
}

/**
 * Compares secrets with their stored hashes. Verified secrets are remembered for five minutes (as a keyed digest), so that a client that
 * asks often costs one hash; wrong ones for ten seconds; at most two hashes run at once and few wait.
 */
export class SecretVerifier {
  private readonly key = randomBytes(32);
  private readonly remembered = new Map<string, { readonly matches: boolean; readonly until: number }>();
  private readonly queue = new HashQueue();

  constructor(private readonly now: () => number = Date.now) {}

  /** @throws {TooManyLoginsError} */
  async matches(secret: string, stored: string): Promise<boolean> {
    const digest = createHmac('sha256', this.key).update(stored).update('\0').update(secret).digest('base64');
    const known = this.remembered.get(digest);
    if (known !== undefined && known.until > this.now()) return known.matches;
    const matches = await this.queue.inTurn(() => matchesHash(secret, stored));
    this.remembered.delete(digest);
    if (this.remembered.size >= MAX_REMEMBERED) {
      const oldest = this.remembered.keys().next();
      if (oldest.done !== true) this.remembered.delete(oldest.value);
    }
    this.remembered.set(digest, { matches, until: this.now() + (matches ? REMEMBERED_MS : REFUSED_MS) });
    return matches;
  }
}
