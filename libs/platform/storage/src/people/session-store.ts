import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import type { User } from './user-store.js';

/** A browser that somebody signed in with. */
export interface StoredSession {
  readonly id: string;
  readonly tenant: { readonly id: string; readonly key: number };
  /** Who acts, as the audit names it. */
  readonly subject: string;
  /** The person's name as shown. */
  readonly name: string;
  readonly roles: readonly string[];
  readonly fhirUser: string | null;
  /** Of a user kept here, and what it was at sign-in. */
  readonly userId: string | null;
  readonly grant: string | null;
  /** The outside issuer or EHR that vouched for the person; null for our own. */
  readonly issuer: string | null;
  /** ms since 1970 */
  readonly createdAt: number;
  readonly seenAt: number;
  /** When it ends however much it is used. */
  readonly expiresAt: number;
}

/** A session with its user as it stands now; undefined when there is none (any more). */
export interface FoundSession {
  readonly session: StoredSession;
  readonly user: Pick<User, 'id' | 'roles' | 'passwordHash' | 'fhirUser' | 'tenant'> | undefined;
}

interface Row {
  readonly key: number;
  readonly tenant: string;
  readonly id: string;
  readonly subject: string;
  readonly name: string;
  readonly roles: string[];
  readonly fhir_user: string | null;
  readonly user_id: string | null;
  readonly grant: string | null;
  readonly issuer: string | null;
  readonly created_at: Date;
  readonly seen_at: Date;
  readonly expires_at: Date;
  readonly user_roles: string[] | null;
  readonly user_hash: string | null;
  readonly user_fhir: string | null;
}

const SELECT = `SELECT t.key, t.id AS tenant, s.id, s.subject, s.name, s.roles, s.fhir_user, s.user_id, s."grant", s.issuer,
    s.created_at, s.seen_at, s.expires_at, u.roles AS user_roles, u.password_hash AS user_hash, u.fhir_user AS user_fhir
  FROM sessions s JOIN tenants t ON t.key = s.tenant LEFT JOIN users u ON u.tenant = s.tenant AND u.id = s.user_id`;
/** Rows of sessions that are over are removed when others begin. */
const REMOVE_AT_ONCE = 1_000;

/** Sessions, found by the SHA-256 of their cookie: who reads the table can imitate nobody. */
export class SessionStore {
  constructor(private readonly pool: Pool) {}

  /** @param unseenSince sessions last seen before then (ms) are over, and removed */
  async add(token: string, session: StoredSession, unseenSince: number): Promise<void> {
    const { tenant, id, subject, name, roles, fhirUser, userId, grant, issuer, createdAt, seenAt, expiresAt } = session;
    await this.pool.query(
      `INSERT INTO sessions (tenant, id, token_hash, subject, name, roles, fhir_user, user_id, "grant", issuer, created_at, seen_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [
        tenant.key,
        id,
        hashOf(token),
        subject,
        name,
        roles,
        fhirUser,
        userId,
        grant,
        issuer,
        new Date(createdAt),
        new Date(seenAt),
        new Date(expiresAt),
      ],
    );
    await this.pool.query(
      `DELETE FROM sessions WHERE (tenant, id) IN (
         SELECT tenant, id FROM sessions WHERE expires_at < $1 OR seen_at < $2 LIMIT $3 FOR UPDATE SKIP LOCKED)`,
      [new Date(createdAt), new Date(unseenSince), REMOVE_AT_ONCE],
    );
  }

  async find(token: string): Promise<FoundSession | undefined> {
    const { rows } = await this.pool.query<Row>(`${SELECT} WHERE s.token_hash = $1`, [hashOf(token)]);
    return rows[0] === undefined ? undefined : found(rows[0]);
  }

  async findAll(ids: readonly string[]): Promise<readonly FoundSession[]> {
    const { rows } = await this.pool.query<Row>(`${SELECT} WHERE s.id = ANY ($1::uuid[])`, [ids]);
    return rows.map(found);
  }

  /** They are in use at `at`, ms. */
  async touch(ids: readonly string[], at: number): Promise<void> {
    await this.pool.query(`UPDATE sessions SET seen_at = greatest(seen_at, $2) WHERE id = ANY ($1::uuid[])`, [
      ids,
      new Date(at),
    ]);
  }

  async remove(token: string): Promise<void> {
    await this.pool.query('DELETE FROM sessions WHERE token_hash = $1', [hashOf(token)]);
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function found(row: Row): FoundSession {
  const tenant = { id: row.tenant, key: row.key };
  const { user_id: id, user_roles: roles, user_hash: passwordHash } = row;
  return {
    session: {
      id: row.id,
      tenant,
      subject: row.subject,
      name: row.name,
      roles: row.roles,
      fhirUser: row.fhir_user,
      userId: id,
      grant: row.grant,
      issuer: row.issuer,
      createdAt: row.created_at.getTime(),
      seenAt: row.seen_at.getTime(),
      expiresAt: row.expires_at.getTime(),
    },
    user:
      id === null || roles === null || passwordHash === null
        ? undefined
        : { id, roles, passwordHash, fhirUser: row.user_fhir, tenant },
  };
}
