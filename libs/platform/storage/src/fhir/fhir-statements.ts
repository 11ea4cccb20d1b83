import { ASSIGNMENT } from './device-assignments.js';
import { SEPARATOR } from '../postgres/pg-arrays.js';
import { COLUMNS } from './fhir-row.js';

// Each is small, so that planning it costs little: the database plans for the values, again every time, what is cheaper for few of them.
// The locks are taken in the order of the sort: two requests never wait for each other in a circle.
export const LOOK_LOCKED = `
SELECT patient, search_key, ${COLUMNS} FROM fhir_resources r
WHERE r.tenant = $1 AND (r.type, r.id) IN (SELECT * FROM unnest($2::text[], $3::text[]))
ORDER BY r.type COLLATE "C", r.id COLLATE "C" FOR UPDATE`;

export const LOOK_READ = `
SELECT patient, search_key, ${COLUMNS} FROM fhir_resources r
WHERE r.tenant = $1 AND (r.type, r.id) IN (SELECT * FROM unnest($2::text[], $3::text[]))`;

export const LOOK_PATIENTS = `
SELECT id FROM fhir_resources WHERE tenant = $1 AND type = 'Patient' AND id = ANY ($2::text[]) AND NOT deleted`;

export const LOOK_DEVICES = `
SELECT device, (${ASSIGNMENT})::text AS assignment FROM device_assignments a WHERE tenant = $1 AND device = ANY ($2::text[])`;

export const LOOK_IDENTIFIERS = `
SELECT i.type, i.system, i.value, r.id
FROM unnest($2::text[], $3::text[], $4::text[]) AS w (type, system, value)
JOIN fhir_identifiers i ON i.tenant = $1 AND i.type = w.type AND i.system = w.system AND i.value = w.value
JOIN fhir_resources r ON r.tenant = $1 AND r.type = i.type AND r.id = i.id AND NOT r.deleted`;

/** JSON texts as they are, behind one that is left out (change-columns.ts). */
const CONTENTS = `(string_to_array($7::text, ${SEPARATOR}))[2:]`;

const CHANGES = `unnest($2::text[], $3::text[], $4::int[], $5::bool[], $6::text[], ${CONTENTS}, $8::timestamptz[])
  AS w (type, id, version, deleted, patient, content, last_updated)`;

/** With the number of each resource in the index, and the version that is indexed; the parameters of both begin at `first`. */
function indexedChanges(first: number): string {
  return `unnest($2::text[], $3::text[], $4::int[], $5::bool[], $6::text[], ${CONTENTS}, $8::timestamptz[], $${first}::bigint[], $${first + 1}::int[], $${first + 2}::int[])
  AS w (type, id, version, deleted, patient, content, last_updated, search_key, search_version, patched_version)`;
}

const SIDE = `
twin AS (
  INSERT INTO twins AS t (tenant, patient, birth_date)
  SELECT $1, s.patient, s.birth_date FROM unnest($9::text[], $10::text[]) AS s (patient, birth_date)
  ON CONFLICT (tenant, patient) DO UPDATE SET birth_date = excluded.birth_date, updated_at = now()
  WHERE t.birth_date IS DISTINCT FROM excluded.birth_date
), worn AS (
  INSERT INTO device_patients AS d (tenant, device, patient)
  SELECT $1, s.device, s.patient FROM unnest($11::text[], $12::text[]) AS s (device, patient)
  ON CONFLICT (tenant, device) DO UPDATE SET patient = excluded.patient
), named AS (
  INSERT INTO fhir_identifiers (tenant, type, system, value, id)
  SELECT $1, s.type, s.system, s.value, s.id FROM unnest($13::text[], $14::text[], $15::text[], $16::text[]) AS s (type, system, value, id)
  ON CONFLICT DO NOTHING
)`;

export const INSERT = `
WITH ${SIDE}
INSERT INTO fhir_resources
  (tenant, type, id, version, deleted, patient, content, last_updated, search_key, search_version, patched_version)
SELECT $1, w.type, w.id, w.version, w.deleted, w.patient, w.content, w.last_updated, w.search_key, w.search_version, w.patched_version
FROM ${indexedChanges(17)}`;

// All parts of one statement see the rows as they were: "archived" copies what the update replaces.
export const UPDATE = `
WITH ${SIDE}, archived AS (
  INSERT INTO fhir_resource_versions (tenant, type, id, version, deleted, content, last_updated, patched_version)
  SELECT r.tenant, r.type, r.id, r.version, r.deleted, r.content, r.last_updated, r.patched_version
  FROM ${CHANGES} JOIN fhir_resources r ON r.tenant = $1 AND r.type = w.type AND r.id = w.id
), unnamed AS (
  DELETE FROM fhir_identifiers i
  USING unnest($17::text[], $18::text[], $19::text[], $20::text[]) AS s (type, system, value, id)
  WHERE i.tenant = $1 AND i.type = s.type AND i.system = s.system AND i.value = s.value AND i.id = s.id
), unworn AS (
  DELETE FROM device_patients d WHERE d.tenant = $1 AND d.device = ANY ($21::text[])
)
UPDATE fhir_resources r
SET version = w.version, deleted = w.deleted, patient = w.patient, content = w.content, last_updated = w.last_updated,
  search_key = w.search_key, search_version = w.search_version, patched_version = w.patched_version
FROM ${indexedChanges(22)}
WHERE r.tenant = $1 AND r.type = w.type AND r.id = w.id`;

export const PASSED = `
INSERT INTO fhir_resource_versions (tenant, type, id, version, deleted, content, last_updated, patched_version)
SELECT $1, w.type, w.id, w.version, w.deleted, w.content, w.last_updated, w.patched_version
FROM unnest($2::text[], $3::text[], $4::int[], $5::bool[], $6::text[], ${CONTENTS}, $8::timestamptz[], $9::int[])
  AS w (type, id, version, deleted, patient, content, last_updated, patched_version)`;
