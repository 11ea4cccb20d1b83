import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../postgres/in-transaction.js';
import type { Client } from './client-store.js';

/** A client as an administrator sees it: nothing by which it could be imitated. */
export interface RegisteredClient {
  readonly id: string;
  /** null for clients that were made before they had names. */
  readonly name: string | null;
  readonly scopes: readonly string[];
  readonly jwks: Client['jwks'];
  readonly jwksUri: string | null;
  readonly status: 'active' | 'disabled';
  /** ms since 1970 */
  readonly createdAt: number;
}

/** Who changes a client, and when: goes to the audit. */
export interface ClientAct {
  /** UUID of the audit entry. */
  readonly id: string;
  /** ms since 1970 */
  readonly at: number;
  readonly actor: string;
}

export interface NewClient {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly secretHash: string | null;
  readonly jwks: Client['jwks'];
  readonly jwksUri: string | null;
}

/** What is absent stays. Keys replace other keys and a secret. */
export interface ClientPatch {
  readonly name?: string;
  readonly scopes?: readonly string[];
  readonly keys?: Pick<NewClient, 'jwks' | 'jwksUri'>;
  readonly status?: RegisteredClient['status'];
}

interface Row {
  readonly id: string;
  readonly name: string | null;
  readonly scopes: readonly string[];
  readonly jwks: Client['jwks'];
  readonly jwks_uri: string | null;
  readonly created_at: Date;
  readonly disabled_at: Date | null;
}

const COLUMNS = 'id, name, scopes, jwks, jwks_uri, created_at, disabled_at';

/** Clients of a tenant, for its administrators. Every call names the tenant; another tenant's client is treated as not found. */
export class ClientAdministration {
  constructor(private readonly pool: Pool) {}

  /** A page by id; `after` is the last id of the page before. */
  async list(tenant: number, limit: number, after?: string): Promise<readonly RegisteredClient[]> {
    const { rows } = await this.pool.query<Row>(
      `SELECT ${COLUMNS} FROM clients WHERE tenant = $1 AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3`,
      [tenant, after ?? null, limit],
    );
    return rows.map(toClient);
  }

  async get(tenant: number, id: string): Promise<RegisteredClient | undefined> {
    const { rows } = await this.pool.query<Row>(`SELECT ${COLUMNS} FROM clients WHERE tenant = $1 AND id = $2`, [
      tenant,
      id,
    ]);
    return rows[0] === undefined ? undefined : toClient(rows[0]);
  }

  create(tenant: number, client: NewClient, act: ClientAct): Promise<RegisteredClient> {
    return inTransaction(this.pool, async (connection) => {
      const { rows } = await connection.query<Row>(
        `INSERT INTO clients (tenant, id, name, scopes, secret_hash, jwks, jwks_uri) VALUES ($1, $2, $3, $4, $5, $6, $7)
         RETURNING ${COLUMNS}`,
        [tenant, client.id, client.name, client.scopes, client.secretHash, jsonOrNull(client.jwks), client.jwksUri],
      );
      await note(connection, tenant, client.id, 'create-client', act, { scopes: client.scopes });
      return toClient(rows[0] as Row);
    });
  }

  /**
   * @param decide what to change of the client as it stands, locked; what it throws leaves the client as it was
   * @returns undefined when there is no such client
   */
  update(
    tenant: number,
    id: string,
    decide: (client: RegisteredClient) => ClientPatch,
    act: ClientAct,
  ): Promise<RegisteredClient | undefined> {
    return inTransaction(this.pool, async (connection) => {
      const before = await lock(connection, tenant, id);
      if (before === undefined) return undefined;
      const patch = decide(before);
      const { rows } = await connection.query<Row>(
        `UPDATE clients SET name = coalesce($3, name), scopes = coalesce($4, scopes),
           secret_hash = CASE WHEN $5 THEN NULL ELSE secret_hash END,
           jwks = CASE WHEN $5 THEN $6::jsonb ELSE jwks END, jwks_uri = CASE WHEN $5 THEN $7 ELSE jwks_uri END,
           disabled_at = CASE WHEN $8 = 'active' THEN NULL WHEN $8 = 'disabled' THEN coalesce(disabled_at, now()) ELSE disabled_at END
         WHERE tenant = $1 AND id = $2 RETURNING ${COLUMNS}`,
        [
          tenant,
          id,
          patch.name ?? null,
          patch.scopes ?? null,
          patch.keys !== undefined,
          jsonOrNull(patch.keys?.jwks ?? null),
          patch.keys?.jwksUri ?? null,
          patch.status ?? null,
        ],
      );
      await note(connection, tenant, id, 'change-client', act, {
        changed: Object.keys(patch),
        ...(patch.scopes === undefined ? {} : { scopes: patch.scopes, scopesBefore: before.scopes }),
        ...(patch.status === undefined ? {} : { status: patch.status }),
      });
      return toClient(rows[0] as Row);
    });
  }

  /** @param check may throw, which leaves the client. @returns false when there is no such client */
  remove(tenant: number, id: string, check: (client: RegisteredClient) => void, act: ClientAct): Promise<boolean> {
    return inTransaction(this.pool, async (connection) => {
      const before = await lock(connection, tenant, id);
      if (before === undefined) return false;
      check(before);
      await connection.query('DELETE FROM clients WHERE tenant = $1 AND id = $2', [tenant, id]);
      await note(connection, tenant, id, 'delete-client', act, { name: before.name, scopes: before.scopes });
      return true;
    });
  }
}

async function lock(connection: PoolClient, tenant: number, id: string): Promise<RegisteredClient | undefined> {
  const { rows } = await connection.query<Row>(
    `SELECT ${COLUMNS} FROM clients WHERE tenant = $1 AND id = $2 FOR UPDATE`,
    [tenant, id],
  );
  return rows[0] === undefined ? undefined : toClient(rows[0]);
}

/** Neither secrets nor keys go to the audit. */
async function note(
  connection: PoolClient,
  tenant: number,
  client: string,
  name: string,
  { id, at, actor }: ClientAct,
  detail: object,
): Promise<void> {
  await connection.query(
    `INSERT INTO audit (tenant, id, at, actor, act, target, detail)
     VALUES ($1, $2, to_timestamp($3::float8 / 1000), $4, $5, $6, $7)`,
    [tenant, id, at, actor, name, `Client/${client}`, JSON.stringify(detail)],
  );
}

function jsonOrNull(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

function toClient(row: Row): RegisteredClient {
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    jwks: row.jwks,
    jwksUri: row.jwks_uri,
    status: row.disabled_at === null ? 'active' : 'disabled',
    createdAt: row.created_at.getTime(),
  };
}
