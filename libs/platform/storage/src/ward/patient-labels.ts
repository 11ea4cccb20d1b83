import type { Pool } from 'pg';
import { bedOf, patientLabel, type BedReference, type JsonObject, type PatientLabel } from '#libs/domain/fhir';
import { keyOf, selfKey } from '../search-index/hash-keys.js';
import { typeCode } from '../search-index/search-scheme.js';
import { plainArray, textArray } from '../postgres/pg-arrays.js';

/** By what people know one patient from another, and where they are. */
export interface LabelledPatient extends PatientLabel {
  readonly bed: { readonly reference: string; readonly name: string } | null;
}

/** A twin whose Patient was deleted, or replaced by another (a merged record), is no patient of a ward. `t`: its row. */
export const IS_PRESENT = `NOT EXISTS (SELECT FROM fhir_resources p WHERE p.tenant = t.tenant AND p.type = 'Patient' AND p.id = t.patient AND (p.deleted
  OR CASE WHEN p.content LIKE '%"replaced-by"%' THEN p.content::jsonb @? '$.link[*] ? (@.type == "replaced-by")' ELSE FALSE END))`;

const ENCOUNTER = typeCode('Encounter');

interface Row {
  readonly patient: string;
  readonly person: string | null;
  readonly encounter: string | null;
}

/**
 * Labels of patients who have a twin and are present, from the FHIR store: two statements, however many they are. The bed is that of the Encounter in
 * progress that began last. Who has no Patient (samples only) has no name.
 */
export async function patientLabels(
  pool: Pool,
  tenant: number,
  patients: readonly string[],
): Promise<ReadonlyMap<string, LabelledPatient>> {
  if (patients.length === 0) return new Map();
  const { rows } = await pool.query<Row>({
    text: `SELECT t.patient, r.content AS person, e.content AS encounter
      FROM unnest($2::text[], $3::int8[]) AS u (patient, self)
      JOIN twins t ON t.tenant = $1 AND t.patient = u.patient
      LEFT JOIN fhir_resources r ON r.tenant = $1 AND r.type = 'Patient' AND r.id = t.patient
      LEFT JOIN LATERAL (
        SELECT c.content FROM fhir_search s JOIN fhir_resources c ON c.tenant = s.tenant AND c.type = 'Encounter' AND c.id = s.id AND NOT c.deleted
        WHERE s.tenant = $1 AND s.patient = u.self AND s.type = ${ENCOUNTER} AND s.keys @> ARRAY[$4::int8]
        ORDER BY s.date_from DESC, s.seq DESC LIMIT 1) e ON TRUE
      WHERE ${IS_PRESENT}`,
    values: [
      tenant,
      textArray(patients),
      plainArray(patients.map((patient) => selfKey(tenant, 'Patient', patient).toString())),
      keyOf({ tenant, type: 'Encounter' }, 'code', 'status', 'in-progress').toString(),
    ],
  });
  const read = rows.map(({ patient, person, encounter }) => ({
    patient,
    label: person === null ? NO_LABEL : patientLabel(JSON.parse(person) as JsonObject),
    bed: encounter === null ? undefined : bedOf(JSON.parse(encounter) as JsonObject),
  }));
  const names = await locationNames(pool, tenant, [...new Set(read.flatMap(({ bed }) => bed?.reference ?? []))]);
  return new Map(read.map(({ patient, label, bed }) => [patient, { ...label, bed: bedView(bed, names) }]));
}

const NO_LABEL: PatientLabel = { name: null, identifier: null };

function bedView(bed: BedReference | undefined, names: ReadonlyMap<string, string>): LabelledPatient['bed'] {
  if (bed === undefined) return null;
  const { reference, display } = bed;
  return { reference, name: names.get(reference) ?? display ?? reference };
}

/** By reference. Of a Location that has none, or is on another server, there is no name. */
async function locationNames(
  pool: Pool,
  tenant: number,
  references: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const ids = references.filter((one) => one.startsWith(LOCATION)).map((one) => one.slice(LOCATION.length));
  if (ids.length === 0) return new Map();
  const { rows } = await pool.query<{ id: string; content: string }>({
    text: `SELECT id, content FROM fhir_resources WHERE tenant = $1 AND type = 'Location' AND id = ANY ($2::text[]) AND NOT deleted`,
    values: [tenant, textArray(ids)],
  });
  const named = rows.map(
    ({ id, content }) => [LOCATION + id, (JSON.parse(content) as { name?: unknown }).name] as const,
  );
  return new Map(named.filter((one): one is readonly [string, string] => typeof one[1] === 'string'));
}

const LOCATION = 'Location/';

/** A resource that labels are made from, as it was last written. */
export interface LabelChange {
  readonly type: 'Patient' | 'Encounter' | 'Location';
  readonly id: string;
  readonly version: number;
  /** Whose label may have changed; null of a Location, which anybody may be in. */
  readonly patient: string | null;
}

/** @param since ms, by the clocks of the gateways */
export async function labelChanges(pool: Pool, tenant: number, since: number): Promise<readonly LabelChange[]> {
  const { rows } = await pool.query<LabelChange>({
    text: `SELECT type, id, version, CASE type WHEN 'Patient' THEN id WHEN 'Encounter' THEN patient END AS patient FROM fhir_resources
      WHERE tenant = $1 AND type = ANY ('{Patient,Encounter,Location}') AND last_updated > to_timestamp($2::float8 / 1000)`,
    values: [tenant, since],
  });
  return rows;
}
