import type { Pool } from 'pg';

/** Something the embedded issuer keeps between two requests: a sign-in under way, a code, a grant. */
export interface IssuerArtifact {
  readonly [name: string]: unknown;
  readonly uid?: string | undefined;
  readonly grantId?: string | undefined;
}

/** Of things without a lifetime of their own, seconds. */
const MAX_SECONDS = 24 * 60 * 60;
const REMOVE_AT_ONCE = 1_000;

/** What the embedded issuer keeps, shared by all processes: it lives for minutes. */
export class IssuerArtifacts {
  constructor(private readonly pool: Pool) {}

  async put(kind: string, id: string, artifact: IssuerArtifact, lifetimeSeconds = MAX_SECONDS): Promise<void> {
    await this.pool.query(
      `INSERT INTO issuer_artifacts (kind, id, payload, uid, grant_id, expires_at)
       VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))
       ON CONFLICT (kind, id) DO UPDATE SET payload = excluded.payload, uid = excluded.uid, grant_id = excluded.grant_id,
         expires_at = excluded.expires_at`,
      [kind, id, JSON.stringify(artifact), artifact.uid ?? null, artifact.grantId ?? null, lifetimeSeconds],
    );
    await this.pool.query(
      `DELETE FROM issuer_artifacts WHERE (kind, id) IN (
         SELECT kind, id FROM issuer_artifacts WHERE expires_at < now() LIMIT $1 FOR UPDATE SKIP LOCKED)`,
      [REMOVE_AT_ONCE],
    );
  }

  find(kind: string, id: string): Promise<IssuerArtifact | undefined> {
    return this.one('kind = $1 AND id = $2', [kind, id]);
  }

  findByUid(kind: string, uid: string): Promise<IssuerArtifact | undefined> {
    return this.one('kind = $1 AND uid = $2', [kind, uid]);
  }

  /** It was used: what may be used once is refused from now on. */
  async consume(kind: string, id: string, at: number): Promise<void> {
    await this.pool.query(
      `UPDATE issuer_artifacts SET payload = payload || jsonb_build_object('consumed', $3::bigint) WHERE kind = $1 AND id = $2`,
      [kind, id, Math.floor(at / 1000)],
    );
  }

  async remove(kind: string, id: string): Promise<void> {
    await this.pool.query('DELETE FROM issuer_artifacts WHERE kind = $1 AND id = $2', [kind, id]);
  }

  /** All that follows from one grant. */
  async removeGrant(grantId: string): Promise<void> {
    await this.pool.query('DELETE FROM issuer_artifacts WHERE grant_id = $1', [grantId]);
  }

  private async one(where: string, values: readonly unknown[]): Promise<IssuerArtifact | undefined> {
    const { rows } = await this.pool.query<{ payload: IssuerArtifact }>(
      `SELECT payload FROM issuer_artifacts WHERE ${where} AND expires_at > now()`,
      [...values],
    );
    return rows[0]?.payload;
  }
}
