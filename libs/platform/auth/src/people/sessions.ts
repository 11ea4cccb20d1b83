import { createHash, createHmac, randomBytes } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import type { FoundSession, SessionStore, StoredSession, User } from '#libs/platform/storage';
import type { Access, AccessEnd } from '../access.js';
import { scopesOfRoles } from '../scopes/roles.js';

/** How long sessions last, ms. */
export interface SessionLifetimes {
  /** Without a request and without an open stream. */
  readonly idleMs: number;
  /** However much it is used. */
  readonly absoluteMs: number;
  /** How often the sessions of open streams are looked at; default {@link WATCH_EVERY_MS}. */
  readonly watchEveryMs?: number;
}

/** Somebody who has just shown who they are. */
export type SignedIn = Pick<
  StoredSession,
  'tenant' | 'subject' | 'name' | 'roles' | 'fhirUser' | 'userId' | 'grant' | 'issuer'
>;

/** What is known of a session is cached this long. With {@link WATCH_EVERY_MS} it bounds how long one that was ended goes on: below 5 s. */
const CACHED_MS = 2_000;
const WATCH_EVERY_MS = 2_000;
const TOUCH_EVERY_MS = 60_000;
const MAX_KNOWN = 10_000;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

interface Known {
  readonly access: Access | undefined;
  /** ms since 1970 */
  readonly at: number;
}

interface Watch {
  readonly id: string;
  readonly end: (reason: AccessEnd) => void;
}

/** A short text that changes with the user's roles, password or person. It says nothing about them. */
export function grantOfUser(user: Pick<User, 'id' | 'roles' | 'passwordHash' | 'fhirUser' | 'tenant'>): string {
  const parts = [user.id, user.tenant.key, [...user.roles].sort(), user.passwordHash, user.fhirUser];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
}

/** What a changing request of this session must carry, as long as it lasts. Who knows only this cannot imitate the session. */
export function csrfTokenOf(token: string): string {
  return createHmac('sha256', token).update('homeostat csrf').digest('base64url');
}

/**
 * Sessions of people's browsers, in the database: they survive restarts and hold on every process. A session ends by sign-out, with its
 * user, when the user's roles, password or person change, and with its lifetimes. An open stream keeps it in use.
 */
export class Sessions {
  private readonly known = new Map<string, Known>();
  private readonly touched = new Map<string, number>();
  private readonly watches = new Set<Watch>();
  private watching: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: Pick<SessionStore, 'add' | 'find' | 'findAll' | 'touch' | 'remove'>,
    private readonly lifetimes: SessionLifetimes,
    private readonly now: () => number = Date.now,
  ) {}

  /** Begins a session under a new token, which only the browser is to hold. */
  async begin(person: SignedIn): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const at = this.now();
    const session = { ...person, id: uuid(), createdAt: at, seenAt: at, expiresAt: at + this.lifetimes.absoluteMs };
    await this.store.add(token, session, at - this.lifetimes.idleMs);
    return token;
  }

  /** undefined: there is no such session, or not any more. */
  async find(token: string): Promise<Access | undefined> {
    if (!TOKEN.test(token)) return undefined;
    const held = this.known.get(token);
    if (held === undefined || held.at + CACHED_MS <= this.now()) await this.look(token);
    const access = this.known.get(token)?.access;
    if (access?.session === undefined || (access.expiresAt ?? 0) <= this.now()) return undefined;
    this.use(access.session.id);
    return access;
  }

  /** Sign-out: at once on this process, within 5 s on every other one. */
  async end(token: string): Promise<void> {
    if (!TOKEN.test(token)) return;
    const id = this.known.get(token)?.access?.session?.id;
    await this.store.remove(token);
    this.known.delete(token);
    for (const watch of this.watches) if (watch.id === id) watch.end('revoked');
  }

  /** See `Tokens.watch`. While it is watched the session is in use. */
  watch(access: Access, end: (reason: AccessEnd) => void): () => void {
    const watch: Watch = { id: access.session?.id ?? '', end: (reason) => (stop(), end(reason)) };
    const stop = (): void => {
      this.watches.delete(watch);
      if (this.watches.size > 0) return;
      clearInterval(this.watching);
      this.watching = undefined;
    };
    this.watches.add(watch);
    const every = this.lifetimes.watchEveryMs ?? WATCH_EVERY_MS;
    this.watching ??= setInterval(() => void this.lookAtWatched(), every).unref();
    return stop;
  }

  /** The database being away ends nobody: nobody can be removed then either. */
  private async lookAtWatched(): Promise<void> {
    const ids = [...new Set([...this.watches].map(({ id }) => id))];
    const rows = await this.store.findAll(ids).catch(() => undefined);
    if (rows === undefined) return;
    const held = new Map(rows.map((row) => [row.session.id, row]));
    for (const watch of this.watches) {
      const row = held.get(watch.id);
      const isOver = row !== undefined && row.session.expiresAt <= this.now();
      if (row !== undefined && !isOver && this.isUnchanged(row)) this.use(watch.id);
      else if (ids.includes(watch.id)) watch.end(isOver ? 'expired' : 'revoked');
    }
  }

  private async look(token: string): Promise<void> {
    const at = this.now();
    let found: FoundSession | undefined;
    try {
      found = await this.store.find(token);
    } catch (error) {
      if (this.known.has(token)) return;
      throw error;
    }
    this.known.delete(token);
    this.known.set(token, {
      access: found !== undefined && this.holds(found) ? accessOf(found.session) : undefined,
      at,
    });
    for (const oldest of this.known.keys()) {
      if (this.known.size <= MAX_KNOWN) break;
      this.known.delete(oldest);
    }
  }

  private holds(found: FoundSession): boolean {
    const { seenAt, expiresAt } = found.session;
    return expiresAt > this.now() && seenAt + this.lifetimes.idleMs > this.now() && this.isUnchanged(found);
  }

  private isUnchanged({ session, user }: FoundSession): boolean {
    return session.userId === null || (user !== undefined && grantOfUser(user) === session.grant);
  }

  /** Written once a minute at most, or more often where idle sessions end soon. */
  private use(id: string): void {
    const at = this.now();
    const every = Math.min(TOUCH_EVERY_MS, this.lifetimes.idleMs / 4);
    if ((this.touched.get(id) ?? 0) + every > at) return;
    if (this.touched.size >= MAX_KNOWN) this.touched.clear();
    this.touched.set(id, at);
    void this.store.touch([id], at).catch(() => this.touched.delete(id));
  }
}

function accessOf({ id, tenant, subject, name, roles, fhirUser, issuer, expiresAt }: StoredSession): Access {
  return {
    tenant,
    client: subject,
    scopes: scopesOfRoles(roles),
    expiresAt,
    ...(issuer === null ? {} : { issuer }),
    ...(fhirUser === null ? {} : { fhirUser }),
    session: { id, user: name, roles },
  };
}
