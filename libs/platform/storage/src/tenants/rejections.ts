import type { ClientBase, Pool } from 'pg';
import type { Rejection } from '#libs/contracts';

/** Something that a gateway refused, or took and could not use, with what is needed to find it again. */
export interface NewRejection {
  readonly tenant: number;
  /** ms */
  readonly at: number;
  readonly door: Rejection['door'];
  readonly request: string;
  readonly index: number | null;
  readonly code: string;
  readonly message: string;
  readonly client: string | null;
  /** FHIR id of the Patient, where it is known. */
  readonly patient: string | null;
  /** `Type/id` of a resource that was stored all the same. */
  readonly resource: string | null;
  /** JSON, already shortened; null when it could not be read. */
  readonly sample: unknown;
}

export interface RejectionFilter {
  readonly limit: number;
  /** Id of the last one already shown. */
  readonly before?: string | undefined;
  readonly door?: string | undefined;
  readonly patient?: string | undefined;
  readonly resource?: string | undefined;
  readonly code?: string | undefined;
  /** ms, inclusive */
  readonly from?: number | undefined;
}

/** One statement, whatever their number. */
export async function insertRejections(
  client: Pick<ClientBase, 'query'>,
  rows: readonly NewRejection[],
): Promise<void> {
  if (rows.length === 0) return;
  await client.query({
    name: 'write-rejections',
    text: `INSERT INTO rejections (tenant, at, door, request, "index", code, message, client, patient, resource, sample)
      SELECT tenant, to_timestamp(at / 1000), door, request, "index", code, message, client, patient, resource, sample::jsonb
      FROM unnest($1::int[], $2::float8[], $3::text[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[], $9::text[],
        $10::text[], $11::text[]) AS r (tenant, at, door, request, "index", code, message, client, patient, resource, sample)`,
    values: [
      rows.map((row) => row.tenant),
      rows.map((row) => row.at),
      rows.map((row) => row.door),
      rows.map((row) => row.request),
      rows.map((row) => row.index),
      rows.map((row) => row.code),
      rows.map((row) => row.message),
      rows.map((row) => row.client),
      rows.map((row) => row.patient),
      rows.map((row) => row.resource),
      rows.map((row) => (row.sample === null ? null : JSON.stringify(row.sample))),
    ],
  });
}

/** Removes what an earlier version of these resources was listed for: what the newest one says stands there. */
export async function removeRejections(
  client: Pick<ClientBase, 'query'>,
  tenant: number,
  resources: readonly string[],
): Promise<void> {
  if (resources.length === 0) return;
  await client.query({
    name: 'remove-rejections',
    text: 'DELETE FROM rejections WHERE tenant = $1 AND resource = ANY ($2::text[])',
    values: [tenant, resources],
  });
}

/** Newest first. Rows of earlier versions of this software have no patient; what was sent may name one. */
export async function listRejections(
  pool: Pool,
  tenant: number,
  filter: RejectionFilter,
): Promise<readonly Rejection[]> {
  const { rows } = await pool.query<Rejection>({
    text: `SELECT id::text, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at,
        door, request, "index", code, message, client, patient, resource, sample
      FROM rejections r
      WHERE tenant = $1 AND ($2::bigint IS NULL OR r.id < $2::bigint) AND ($4::text IS NULL OR door = $4)
        AND ($5::text IS NULL OR patient = $5
          OR (patient IS NULL AND resource IS NULL AND sample ->> 'patient' IN ($5, 'Patient/' || $5)))
        AND ($6::text IS NULL OR resource = $6) AND ($7::text IS NULL OR code = $7)
        AND ($8::float8 IS NULL OR at >= to_timestamp($8 / 1000))
      ORDER BY r.id DESC LIMIT $3`,
    values: [
      tenant,
      filter.before ?? null,
      filter.limit,
      filter.door ?? null,
      filter.patient ?? null,
      filter.resource ?? null,
      filter.code ?? null,
      filter.from ?? null,
    ],
  });
  return rows;
}
