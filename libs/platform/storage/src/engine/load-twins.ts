import type { ClientBase } from 'pg';
import { SYSTEM_TWIN } from '#libs/contracts';
import { plainArray, textArray } from '../postgres/pg-arrays.js';

export interface PatientId {
  readonly tenant: number;
  readonly patient: string;
}

/** A twin as stored. `snapshot` is the state's JSON text, null before the first record. */
export interface LoadedTwin extends PatientId {
  readonly key: string;
  readonly type: string;
  readonly version: number;
  readonly snapshot: string | null;
}

/** Twins of these patients in one query, in any order; rows are made for patients that have none yet. */
export async function loadTwins(client: ClientBase, patients: readonly PatientId[]): Promise<readonly LoadedTwin[]> {
  if (patients.length === 0) return [];
  const found = await client.query<LoadedTwin>({
    name: 'twins-load',
    text: `SELECT t.tenant, t.patient, t.key, t.type::text AS type, t.version::float8 AS version, t.snapshot
      FROM unnest($1::int4[], $2::text[]) AS u (tenant, patient)
      JOIN twins t ON t.tenant = u.tenant AND t.patient = u.patient`,
    values: idArrays(patients),
  });
  if (found.rows.length === patients.length) return found.rows;
  const known = new Set(found.rows.map(({ tenant, patient }) => `${tenant}/${patient}`));
  // Sorted, so that two transactions that make the same rows never wait for each other in a circle.
  const missing = patients
    .filter(({ tenant, patient }) => !known.has(`${tenant}/${patient}`))
    .toSorted((a, b) => a.tenant - b.tenant || (a.patient < b.patient ? -1 : 1));
  const made = await client.query<LoadedTwin>({
    name: 'twins-make',
    text: `INSERT INTO twins AS t (tenant, patient, type)
      SELECT u.tenant, u.patient, (CASE WHEN u.patient = '${SYSTEM_TWIN}' THEN 'process' ELSE 'system' END)::"TwinType" FROM unnest($1::int4[], $2::text[]) AS u (tenant, patient)
      ON CONFLICT (tenant, patient) DO UPDATE SET patient = excluded.patient
      RETURNING t.tenant, t.patient, t.key, t.type::text AS type, t.version::float8 AS version, t.snapshot`,
    values: idArrays(missing),
  });
  return [...found.rows, ...made.rows];
}

/** A version of a measurement, located. */
export interface MeasurementPlaceOf {
  readonly tenant: number;
  readonly twin: string;
  readonly code: number;
  readonly t: number;
  readonly identity: string;
  readonly version: number;
}

/** When each of these versions was recorded (ms), in the order asked; undefined for one that retention has removed. */
export async function loadRecordedAt(
  client: ClientBase,
  places: readonly MeasurementPlaceOf[],
): Promise<readonly (number | undefined)[]> {
  if (places.length === 0) return [];
  const { rows } = await client.query<{ ord: number; at: number }>({
    name: 'measurements-recorded',
    text: `SELECT u.ord::float8 AS ord, extract(epoch FROM m.recorded_at)::float8 * 1000 AS at
      FROM unnest($1::int4[], $2::int8[], $3::int2[], $4::float8[], $5::uuid[], $6::int4[])
        WITH ORDINALITY AS u (tenant, twin, code, t, identity, version, ord)
      JOIN measurements m ON m.tenant = u.tenant AND m.twin = u.twin AND m.code = u.code
        AND m.effective_at = to_timestamp(u.t / 1000) AND m.identity = u.identity AND m.version = u.version`,
    values: [
      plainArray(places.map((place) => place.tenant)),
      plainArray(places.map((place) => place.twin)),
      plainArray(places.map((place) => place.code)),
      plainArray(places.map((place) => place.t)),
      plainArray(places.map((place) => place.identity)),
      plainArray(places.map((place) => place.version)),
    ],
  });
  const at = new Map(rows.map((row) => [row.ord, Math.round(row.at)]));
  return places.map((_, index) => at.get(index + 1));
}

function idArrays(patients: readonly PatientId[]): [string, string] {
  return [plainArray(patients.map(({ tenant }) => tenant)), textArray(patients.map(({ patient }) => patient))];
}
