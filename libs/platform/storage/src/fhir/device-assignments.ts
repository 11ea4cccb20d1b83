import type { PoolClient } from 'pg';
import type { DeviceAssignment } from '#libs/domain/fhir';
import type { ResourceChange } from '#libs/fhir-rest';

/** A row of device_assignments `a` as JSON of a {@link DeviceAssignment}. */
export const ASSIGNMENT = `json_build_object(
  'kind', CASE WHEN a.origin LIKE 'DeviceUseStatement/%' THEN 'statement' ELSE 'version' END, 'origin', a.origin, 'patient', a.patient,
  'from', extract(epoch FROM a.from_at) * 1000, 'until', extract(epoch FROM a.until_at) * 1000,
  'recordedAt', extract(epoch FROM a.recorded_at) * 1000)`;

export function readAssignment(json: string): DeviceAssignment {
  return JSON.parse(json) as DeviceAssignment;
}

// When it was recorded stays as it was where nothing of it changed.
const WRITE = `
WITH said AS (
  SELECT * FROM unnest($3::text[], $4::text[], $5::text[], $6::float8[], $7::float8[], $8::float8[])
    AS s (origin, device, patient, from_ms, until_ms, recorded_ms)
), gone AS (
  DELETE FROM device_assignments a WHERE a.tenant = $1 AND a.origin = ANY ($2::text[])
    AND NOT EXISTS (SELECT FROM said s WHERE s.origin = a.origin AND s.device = a.device)
)
INSERT INTO device_assignments AS a (tenant, origin, device, patient, from_at, until_at, recorded_at)
SELECT $1, origin, device, patient, to_timestamp(from_ms / 1000), to_timestamp(until_ms / 1000), to_timestamp(recorded_ms / 1000) FROM said
ON CONFLICT (tenant, origin, device) DO UPDATE
SET patient = excluded.patient, from_at = excluded.from_at, until_at = excluded.until_at, recorded_at = excluded.recorded_at
WHERE (a.patient, a.from_at, a.until_at) IS DISTINCT FROM (excluded.patient, excluded.from_at, excluded.until_at)`;

/** Notes what DeviceUseStatements say now, in one statement; none when there are none among the changes. */
export async function writeDeviceUses(
  client: PoolClient,
  tenant: number,
  changes: readonly ResourceChange[],
): Promise<void> {
  const statements = changes.filter((change) => change.deviceUse !== undefined);
  if (statements.length === 0) return;
  const said = statements.flatMap(({ deviceUse, id, lastUpdated }) =>
    deviceUse === null || deviceUse === undefined ? [] : [{ ...deviceUse, origin: originOf(id), lastUpdated }],
  );
  await client.query({
    name: 'write-device-uses',
    text: WRITE,
    values: [
      tenant,
      statements.map(({ id }) => originOf(id)),
      said.map((use) => use.origin),
      said.map((use) => use.device),
      said.map((use) => use.patient),
      said.map((use) => use.from),
      said.map((use) => use.until),
      said.map((use) => use.lastUpdated),
    ],
  });
}

function originOf(id: string): string {
  return `DeviceUseStatement/${id}`;
}
