import type { Pool } from 'pg';
import type { StreamState } from '#libs/domain/twin';

/** Who sends for a patient, as the engine has it: by the keys of the twin's streams. */
export interface StreamsOfPatient {
  readonly patient: string;
  readonly streams: Readonly<Record<string, StreamState>>;
}

/** Streams of a tenant's patients in the order of their ids, of `limit` patients after one; a snapshot that is no JSON has none. */
export async function storedStreams(
  pool: Pool,
  tenant: number,
  after: string,
  limit: number,
): Promise<readonly StreamsOfPatient[]> {
  const { rows } = await pool.query<StreamsOfPatient>({
    name: 'stored-streams',
    // Taken apart in the database: of a snapshot little is needed.
    text: `SELECT patient, CASE WHEN snapshot IS JSON OBJECT THEN coalesce(snapshot::json -> 'streams', '{}') ELSE '{}' END AS streams
      FROM twins WHERE tenant = $1 AND type = 'system' AND patient > $2 ORDER BY patient LIMIT $3`,
    values: [tenant, after, limit],
  });
  return rows;
}

/** The clients that own these sources; a client's own id is a source of its own. */
export async function ownersOf(
  pool: Pool,
  tenant: number,
  sources: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await pool.query<{ source: string; client: string }>({
    name: 'owners-of-sources',
    text: `SELECT id AS source, id AS client FROM clients WHERE tenant = $1 AND id = ANY ($2::text[])
      UNION ALL SELECT source, client FROM source_owners WHERE tenant = $1 AND source = ANY ($2::text[])`,
    values: [tenant, sources],
  });
  return new Map(rows.map(({ source, client }) => [source, client]));
}
