import type { Pool } from 'pg';

/** An OAuth2 client of a tenant. */
export interface Client {
  readonly tenant: { readonly id: string; readonly key: number };
  readonly id: string;
  readonly secretHash: string | null;
  /** Public keys for `private_key_jwt` (RFC 7517). */
  readonly jwks: { readonly keys: readonly Record<string, unknown>[] } | null;
  /** Where the keys are, when they are not in `jwks`. */
  readonly jwksUri: string | null;
  readonly scopes: readonly string[];
  /** Ids (`jti`) of its access tokens that were revoked and have not expired. */
  readonly revokedTokens: readonly string[];
}

/** A client id is taken by another tenant. */
export class ClientIdTakenError extends Error {
  override readonly name = 'ClientIdTakenError';
}

interface ClientRow {
  key: number;
  tenant: string;
  id: string;
  secret_hash: string | null;
  jwks: Client['jwks'];
  jwks_uri: string | null;
  scopes: string[];
  revoked: string[];
}

// Serialises starting apps that all want to make the same tenant, client or key ('home', arbitrary).
const START_LOCK = 0x68_6f_6d_65;

/** Revoked and not expired, by client: every process asks for them every two seconds while the client is active. */
const MAX_REVOKED = 1_000;

/** Clients, their used assertions and the keys that sign access tokens. Administrative: small and rarely written. */
export class ClientStore {
  constructor(private readonly pool: Pool) {}

  /** An enabled client by its id, which is unique over all tenants. */
  async find(id: string): Promise<Client | undefined> {
    return (await this.findAll([id]))[0];
  }

  /** Those of the clients that there are and that are enabled. */
  async findAll(ids: readonly string[]): Promise<readonly Client[]> {
    const { rows } = await this.pool.query<ClientRow>(
      `SELECT t.key, t.id AS tenant, c.id, c.secret_hash, c.jwks, c.jwks_uri, c.scopes,
         ARRAY (SELECT r.jti FROM revoked_tokens r WHERE r.tenant = c.tenant AND r.client = c.id AND r.expires_at > now()) AS revoked
       FROM clients c JOIN tenants t ON t.key = c.tenant WHERE c.id = ANY ($1::text[]) AND c.disabled_at IS NULL`,
      [ids],
    );
    return rows.map((row) => ({
      tenant: { id: row.tenant, key: row.key },
      id: row.id,
      secretHash: row.secret_hash,
      jwks: row.jwks,
      jwksUri: row.jwks_uri,
      scopes: row.scopes,
      revokedTokens: row.revoked,
    }));
  }

  /** Key of a tenant by its id. */
  async tenantKey(id: string): Promise<number | undefined> {
    const { rows } = await this.pool.query<{ key: number }>('SELECT key FROM tenants WHERE id = $1', [id]);
    return rows[0]?.key;
  }

  /** Makes the tenant when it is new, and makes or replaces the client. Safe when several processes do it at once. */
  async put(client: {
    readonly tenant: string;
    readonly id: string;
    readonly secretHash: string | null;
    readonly jwks: Client['jwks'];
    readonly scopes: readonly string[];
  }): Promise<Client['tenant']> {
    return this.locked(async (query) => {
      const tenants = await query<{ key: number }>(
        `WITH made AS (INSERT INTO tenants (id) VALUES ($1) ON CONFLICT (id) DO NOTHING RETURNING key)
         SELECT key FROM made UNION ALL SELECT key FROM tenants WHERE id = $1 LIMIT 1`,
        [client.tenant],
      );
      const key = (tenants[0] as { key: number }).key;
      const written = await query(
        `INSERT INTO clients AS c (tenant, id, secret_hash, jwks, scopes) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO UPDATE SET secret_hash = excluded.secret_hash, jwks = excluded.jwks, jwks_uri = NULL, scopes = excluded.scopes,
           disabled_at = NULL
         WHERE c.tenant = excluded.tenant RETURNING c.id`,
        [key, client.id, client.secretHash, client.jwks === null ? null : JSON.stringify(client.jwks), client.scopes],
      );
      if (written.length === 0) throw new ClientIdTakenError('the client id belongs to another tenant');
      return { id: client.tenant, key };
    });
  }

  /** Remembers a client assertion until it expires; false when it was used before. */
  async useAssertion(client: Client, jti: string, expiresAt: Date): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `INSERT INTO client_assertions (tenant, client, jti, expires_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
      [client.tenant.key, client.id, jti, expiresAt],
    );
    return rowCount === 1;
  }

  /**
   * Ends an access token, on every process within 5 s. A repeat changes nothing.
   *
   * @returns false when the client has ended too many already
   */
  async revokeToken(tenant: number, client: string, jti: string, expiresAt: Date): Promise<boolean> {
    const { rows } = await this.pool.query<{ kept: boolean }>(
      `WITH live AS (SELECT jti FROM revoked_tokens WHERE tenant = $1 AND client = $2 AND expires_at > now()),
         made AS (INSERT INTO revoked_tokens (tenant, client, jti, expires_at) SELECT $1, $2, $3, $4
           WHERE (SELECT count(*) FROM live) < $5 ON CONFLICT DO NOTHING RETURNING jti)
       SELECT EXISTS (SELECT FROM made) OR EXISTS (SELECT FROM live WHERE jti = $3) AS kept`,
      [tenant, client, jti, expiresAt, MAX_REVOKED],
    );
    return rows[0]?.kept === true;
  }

  /** Private keys that sign access tokens, newest first, as they are stored: a JWK, or encrypted text (`SecretBox`). */
  async signingKeys(): Promise<readonly { readonly kid: string; readonly privateJwk: string | object }[]> {
    const { rows } = await this.pool.query<{ kid: string; private_jwk: string | object }>(
      `SELECT kid, private_jwk FROM signing_keys ORDER BY created_at DESC, kid LIMIT 8`,
    );
    return rows.map((row) => ({ kid: row.kid, privateJwk: row.private_jwk }));
  }

  /**
   * Adds a key unless one younger than `maxAgeDays` is there: several apps starting at once end with one.
   *
   * @param privateJwk JSON as it is to be stored
   */
  async addSigningKey(kid: string, privateJwk: string, maxAgeDays: number): Promise<void> {
    await this.locked((query) =>
      query(
        `INSERT INTO signing_keys (kid, private_jwk) SELECT $1, $2
         WHERE NOT EXISTS (SELECT FROM signing_keys WHERE created_at > now() - make_interval(days => $3))`,
        [kid, privateJwk, maxAgeDays],
      ),
    );
  }

  private async locked<T>(work: (query: Query) => Promise<T>): Promise<T> {
    const connection = await this.pool.connect();
    try {
      await connection.query('BEGIN');
      await connection.query('SELECT pg_advisory_xact_lock($1)', [START_LOCK]);
      const result = await work(async (text, values) => (await connection.query(text, values)).rows as never);
      await connection.query('COMMIT');
      connection.release();
      return result;
    } catch (error) {
      await connection.query('ROLLBACK').catch(() => undefined);
      connection.release(error instanceof ClientIdTakenError ? undefined : true);
      throw error;
    }
  }
}

type Query = <R>(text: string, values: unknown[]) => Promise<R[]>;
