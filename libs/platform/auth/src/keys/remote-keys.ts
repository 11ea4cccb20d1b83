import { fetchJson, FetchRefusedError } from '#libs/platform/outbound';
import { matching, usableKeys, type KeyHint, type PublicKey } from './verification-keys.js';

/** How long keys are used without being fetched again. */
const CACHED_MS = 5 * 60_000;
/** An unknown `kid`, and a server that gave no keys, make us ask again, but not more often than this. */
const ASK_EVERY_MS = 3_000;
const WITHIN_MS = 5_000;
const MAX_BYTES = 200_000;
const MAX_SETS = 1_000;
/** Characters of all keys that are remembered. */
const MAX_REMEMBERED = 20_000_000;
const AT_ONCE = 64;
/** Of one owner, so that the slow servers of one tenant leave places to the others. */
const AT_ONCE_OF_ONE = 8;

export interface KeyServer {
  readonly url: URL;
  /** An operator allowed its host: it may be private. */
  readonly trusted: boolean;
  /** Whose it is: the tenant, or the operator. */
  readonly owner: string;
}

/** The key server gave no keys; the message says why and holds nothing of its answer. */
export class NoKeysError extends Error {
  override readonly name = 'NoKeysError';
}

interface KeySet {
  readonly keys: readonly PublicKey[];
  readonly size: number;
  /** ms since 1970 */
  readonly at: number;
}

interface Known {
  set: KeySet | undefined;
  /** When it was asked last, ms; and why the last question gave nothing. */
  askedAt: number;
  failure: string | undefined;
  asking: Promise<void> | undefined;
}

/**
 * Public keys by URL. One question at a time per URL, bounded in time and bytes, and in number by owner; who asks for keys that are known
 * never waits for one.
 */
export class RemoteKeys {
  private readonly known = new Map<string, Known>();
  private readonly running = new Map<string, number>();
  private runningInAll = 0;

  constructor(
    private readonly algorithms: readonly string[],
    private readonly now: () => number = Date.now,
    private readonly fetch: typeof fetchJson = fetchJson,
  ) {}

  /**
   * Keys that may have made a signature; none where the server does not have the one that is named.
   *
   * @throws {NoKeysError}
   */
  async find(server: KeyServer, hint: KeyHint): Promise<readonly PublicKey[]> {
    const known = this.entry(server.url.href);
    const held = this.cached(known);
    const found = held === undefined ? [] : matching(held.keys, hint);
    if (found.length > 0) return found;
    if (known.asking === undefined && known.askedAt + ASK_EVERY_MS > this.now()) {
      if (held === undefined) throw new NoKeysError(known.failure ?? 'no keys');
      return [];
    }
    known.asking ??= this.ask(server, known).finally(() => (known.asking = undefined));
    await known.asking;
    const set = this.cached(known);
    if (set === undefined) throw new NoKeysError(known.failure ?? 'no keys');
    return matching(set.keys, hint);
  }

  private cached({ set }: Known): KeySet | undefined {
    return set !== undefined && set.at + CACHED_MS > this.now() ? set : undefined;
  }

  /** Never rejects: what went wrong stands in `failure`. */
  private async ask({ url, trusted, owner }: KeyServer, known: Known): Promise<void> {
    const ofOwner = this.running.get(owner) ?? 0;
    if (this.runningInAll >= AT_ONCE || ofOwner >= AT_ONCE_OF_ONE) {
      // Not counted as asked: the next one may find a place.
      known.failure = 'too many key servers are slow to answer; try again';
      return;
    }
    this.runningInAll += 1;
    this.running.set(owner, ofOwner + 1);
    known.askedAt = this.now();
    try {
      const answer = await this.fetch(url, { withinMs: WITHIN_MS, maxBytes: MAX_BYTES, trusted });
      const keys = usableKeys(answer, this.algorithms);
      if (keys.length === 0) throw new FetchRefusedError(`holds no public key for ${this.algorithms.join(' or ')}`);
      this.remember(known, { keys, size: JSON.stringify(keys).length, at: this.now() });
      known.failure = undefined;
    } catch (error) {
      known.failure = error instanceof FetchRefusedError ? error.message : 'no answer';
    } finally {
      this.runningInAll -= 1;
      const left = (this.running.get(owner) ?? 1) - 1;
      if (left === 0) this.running.delete(owner);
      else this.running.set(owner, left);
    }
  }

  private entry(url: string): Known {
    const known = this.known.get(url) ?? { set: undefined, askedAt: 0, failure: undefined, asking: undefined };
    // Most recently used last.
    this.known.delete(url);
    this.known.set(url, known);
    for (const [oldest, { asking }] of this.known) {
      if (this.known.size <= MAX_SETS) break;
      if (asking === undefined) this.known.delete(oldest);
    }
    return known;
  }

  private remember(known: Known, set: KeySet): void {
    known.set = set;
    let size = 0;
    for (const one of this.known.values()) size += one.set?.size ?? 0;
    for (const [url, one] of this.known) {
      if (size <= MAX_REMEMBERED) return;
      if (one === known || one.asking !== undefined) continue;
      this.known.delete(url);
      size -= one.set?.size ?? 0;
    }
  }
}
