import type { Pool, PoolClient } from 'pg';
import type { StoredResource, VersionPlace } from '#libs/fhir-rest';
import { COLUMNS, toStored, type Row } from './fhir-row.js';

/** The versions that are there, by `Type/id/version`; those asked for without a version are the current ones, by `Type/id`. One statement. */
export async function readEach(
  client: Pool | PoolClient,
  tenant: number,
  places: readonly VersionPlace[],
): Promise<ReadonlyMap<string, StoredResource>> {
  const found = new Map<string, StoredResource>();
  if (places.length === 0) return found;
  const { rows } = await client.query<Row & { asked: number | null }>({
    name: 'fhir-read-each',
    text: READ_EACH,
    values: [
      tenant,
      places.map(({ type }) => type),
      places.map(({ id }) => id),
      places.map(({ version }) => version ?? null),
    ],
  });
  for (const row of rows) {
    const place = `${row.type}/${row.id}`;
    found.set(row.asked === null ? place : `${place}/${row.asked}`, toStored(row));
  }
  return found;
}

const versionOf = (table: string, when: string): string =>
  `SELECT ${COLUMNS} FROM ${table} r WHERE r.tenant = $1 AND r.type = w.type AND r.id = w.id AND ${when}`;

const READ_EACH = `
SELECT v.*, w.version AS asked
FROM (SELECT DISTINCT * FROM unnest($2::text[], $3::text[], $4::int[]) AS u (type, id, version)) AS w
CROSS JOIN LATERAL (
  ${versionOf('fhir_resources', '(w.version IS NULL OR r.version = w.version)')}
  UNION ALL ${versionOf('fhir_resource_versions', 'r.version = w.version')}
) AS v`;
