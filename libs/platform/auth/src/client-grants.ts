import { createHash } from 'node:crypto';
import type { Client, ClientStore } from '#libs/platform/storage';
import type { Access, AccessEnd } from './access.js';

/** What is known of a client is cached this long. With {@link WATCH_EVERY_MS} it bounds how long a disabled client keeps access: below 5 s. */
const CACHED_MS = 2_000;
const WATCH_EVERY_MS = 2_000;
const MAX_KNOWN = 10_000;

interface Watch {
  readonly access: Access;
  readonly end: (reason: AccessEnd) => void;
}

interface Known {
  /** undefined: there is no such client, or it is disabled. */
  readonly grant: string | undefined;
  /** Ids of its tokens that were revoked and have not expired. */
  readonly revoked: ReadonlySet<string>;
  /** ms since 1970 */
  readonly at: number;
}

/** A short text that changes with the client's secret, keys or scopes. It says nothing about them. */
export function grantOf(client: Pick<Client, 'id' | 'secretHash' | 'jwks' | 'jwksUri' | 'scopes'>): string {
  const parts = [
    client.id,
    client.secretHash,
    client.jwks,
    [...client.scopes].sort(),
    // Absent without a URL: processes of the version before must come to the same text.
    ...(client.jwksUri === null ? [] : [client.jwksUri]),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
}

/**
 * What clients may do now, as the database says, at most two seconds old: one small query per client that is active. Where the
 * database is away, what was known last counts, because nobody can be disabled then either.
 */
export class ClientGrants {
  private readonly known = new Map<string, Known>();
  private readonly asking = new Map<string, Promise<void>>();
  private readonly watches = new Set<Watch>();
  private watching: NodeJS.Timeout | undefined;

  constructor(
    private readonly clients: Pick<ClientStore, 'findAll'>,
    private readonly now: () => number = Date.now,
  ) {}

  /** True while the client is enabled and is what it was when the access was given, and its token was not revoked. */
  async holds(access: Access): Promise<boolean> {
    const held = this.known.get(access.client);
    if (held === undefined || held.at + CACHED_MS <= this.now()) await this.ask(access.client);
    return this.matches(access);
  }

  /** What this process has changed itself holds here at once. */
  forget(client: string): void {
    this.known.delete(client);
  }

  /** See `Tokens.watch`. */
  watch(access: Access, end: (reason: AccessEnd) => void): () => void {
    const watch: Watch = { access, end: (reason) => (stop(), end(reason)) };
    const expiry = access.expiresAt === undefined ? undefined : access.expiresAt - this.now();
    const timer = expiry === undefined ? undefined : setTimeout(() => watch.end('expired'), Math.max(0, expiry));
    timer?.unref();
    const stop = (): void => {
      clearTimeout(timer);
      this.watches.delete(watch);
      if (this.watches.size > 0) return;
      clearInterval(this.watching);
      this.watching = undefined;
    };
    // Nothing but their expiry is known of tokens of the outside issuer.
    if (access.issuer !== undefined) return () => clearTimeout(timer);
    this.watches.add(watch);
    this.watching ??= setInterval(() => void this.lookAtWatched(), WATCH_EVERY_MS).unref();
    return stop;
  }

  private async lookAtWatched(): Promise<void> {
    const clients = new Set([...this.watches].map(({ access }) => access.client));
    if (!(await this.look([...clients]).catch(() => false))) return;
    for (const watch of this.watches) if (!this.matches(watch.access)) watch.end('revoked');
  }

  private matches({ client, grant, tokenId }: Access): boolean {
    const known = this.known.get(client);
    if (known?.grant === undefined || (tokenId !== undefined && known.revoked.has(tokenId))) return false;
    return grant === undefined || grant === known.grant;
  }

  /** Requests of the same moment ask once. */
  private ask(client: string): Promise<void> {
    const running = this.asking.get(client);
    if (running !== undefined) return running;
    const asking = this.look([client])
      .then(() => undefined)
      .catch((error: unknown) => {
        if (!this.known.has(client)) throw error;
      })
      .finally(() => this.asking.delete(client));
    this.asking.set(client, asking);
    return asking;
  }

  private async look(ids: readonly string[]): Promise<true> {
    const at = this.now();
    const found = new Map((await this.clients.findAll(ids)).map((client) => [client.id, client]));
    for (const id of ids) {
      const client = found.get(id);
      this.known.delete(id);
      const grant = client === undefined ? undefined : grantOf(client);
      this.known.set(id, { grant, revoked: new Set(client?.revokedTokens), at });
    }
    for (const oldest of this.known.keys()) {
      if (this.known.size <= MAX_KNOWN) break;
      this.known.delete(oldest);
    }
    return true;
  }
}
