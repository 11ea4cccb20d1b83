import type { Pool, PoolClient } from 'pg';
import { v7 as uuid } from 'uuid';
import { inTransaction } from '../postgres/in-transaction.js';

/** A person who signs in with a name and a password kept here. */
export interface User {
  readonly tenant: { readonly id: string; readonly key: number };
  /** UUID: a person who is removed and added again is another one. */
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly passwordHash: string;
  /** Reference of the person in FHIR, such as Practitioner/17. */
  readonly fhirUser: string | null;
}

/** What is stored of a new user. */
export type NewUser = Omit<User, 'tenant' | 'id'>;

/** Another user has the name already, in whatever case, in this tenant or another. */
export class UserNameTakenError extends Error {
  override readonly name = 'UserNameTakenError';
}

interface Row {
  readonly key: number;
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly roles: string[];
  readonly password_hash: string;
  readonly fhir_user: string | null;
}

const SELECT = `SELECT t.key, t.id AS tenant, u.id, u.name, u.roles, u.password_hash, u.fhir_user
  FROM users u JOIN tenants t ON t.key = u.tenant`;
const UNIQUE_VIOLATION = '23505';

/** What two spellings of one name have in common. */
export function foldedName(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}

/** People's accounts. Administrative: small and rarely written. Changes go to the audit, passwords and their hashes do not. */
export class UserStore {
  constructor(private readonly pool: Pool) {}

  /** By name in any case; names are unique over all tenants. */
  async find(name: string): Promise<User | undefined> {
    const { rows } = await this.pool.query<Row>(`${SELECT} WHERE u.folded_name = $1`, [foldedName(name)]);
    return rows[0] === undefined ? undefined : toUser(rows[0]);
  }

  async findById(id: string): Promise<User | undefined> {
    const { rows } = await this.pool.query<Row>(`${SELECT} WHERE u.id = $1`, [id]);
    return rows[0] === undefined ? undefined : toUser(rows[0]);
  }

  /** All users, or those of one tenant, by tenant and name. */
  async list(tenant?: string): Promise<readonly User[]> {
    const { rows } = await this.pool.query<Row>(
      `${SELECT} WHERE $1::text IS NULL OR t.id = $1 ORDER BY t.id, u.folded_name`,
      [tenant ?? null],
    );
    return rows.map(toUser);
  }

  /** Ids of the tenants there are. */
  async tenants(): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ id: string }>('SELECT id FROM tenants ORDER BY key');
    return rows.map(({ id }) => id);
  }

  /**
   * Adds a user, and its tenant where there is none.
   *
   * @param actor who does it, for the audit
   * @throws {UserNameTakenError}
   */
  async add(tenant: string, user: NewUser, actor: string): Promise<User> {
    try {
      return await inTransaction(this.pool, async (connection) => {
        await connection.query('INSERT INTO tenants (id) VALUES ($1) ON CONFLICT (id) DO NOTHING', [tenant]);
        const id = uuid();
        const { rows } = await connection.query<{ tenant: number }>(
          `INSERT INTO users (tenant, id, name, folded_name, roles, password_hash, fhir_user)
           SELECT key, $2, $3, $4, $5, $6, $7 FROM tenants WHERE id = $1 RETURNING tenant`,
          [tenant, id, user.name, foldedName(user.name), user.roles, user.passwordHash, user.fhirUser],
        );
        const key = (rows[0] as { tenant: number }).tenant;
        await note(connection, key, user.name, 'create-user', actor, { roles: user.roles });
        return { ...user, id, tenant: { id: tenant, key } };
      });
    } catch (error) {
      if ((error as { readonly code?: unknown }).code === UNIQUE_VIOLATION)
        throw new UserNameTakenError('there is a user of this name already');
      throw error;
    }
  }

  /** @returns false when there is no such user */
  setPassword(name: string, passwordHash: string, actor: string): Promise<boolean> {
    return this.change(name, { password_hash: passwordHash }, 'set-password', {}, actor);
  }

  /** @returns false when there is no such user */
  setRoles(name: string, roles: readonly string[], actor: string): Promise<boolean> {
    return this.change(name, { roles }, 'set-roles', { roles }, actor);
  }

  /** The user's sessions end with it. @returns false when there is no such user */
  remove(name: string, actor: string): Promise<boolean> {
    return inTransaction(this.pool, async (connection) => {
      const { rows } = await connection.query<{ tenant: number; id: string; name: string }>(
        'DELETE FROM users WHERE folded_name = $1 RETURNING tenant, id, name',
        [foldedName(name)],
      );
      const [gone] = rows;
      if (gone === undefined) return false;
      await connection.query('DELETE FROM sessions WHERE tenant = $1 AND user_id = $2', [gone.tenant, gone.id]);
      await note(connection, gone.tenant, gone.name, 'delete-user', actor, {});
      return true;
    });
  }

  private change(
    name: string,
    to: { readonly password_hash?: string; readonly roles?: readonly string[] },
    act: string,
    detail: object,
    actor: string,
  ): Promise<boolean> {
    return inTransaction(this.pool, async (connection) => {
      const { rows } = await connection.query<{ tenant: number; name: string }>(
        `UPDATE users SET password_hash = coalesce($2, password_hash), roles = coalesce($3, roles), updated_at = now()
         WHERE folded_name = $1 RETURNING tenant, name`,
        [foldedName(name), to.password_hash ?? null, to.roles ?? null],
      );
      const [changed] = rows;
      if (changed === undefined) return false;
      await note(connection, changed.tenant, changed.name, act, actor, detail);
      return true;
    });
  }
}

async function note(
  connection: PoolClient,
  tenant: number,
  name: string,
  act: string,
  actor: string,
  detail: object,
): Promise<void> {
  await connection.query(
    `INSERT INTO audit (tenant, id, at, actor, act, target, detail) VALUES ($1, $2, now(), $3, $4, $5, $6)`,
    [tenant, uuid(), actor, act, `User/${name}`, JSON.stringify(detail)],
  );
}

function toUser(row: Row): User {
  return {
    tenant: { id: row.tenant, key: row.key },
    id: row.id,
    name: row.name,
    roles: row.roles,
    passwordHash: row.password_hash,
    fhirUser: row.fhir_user,
  };
}
