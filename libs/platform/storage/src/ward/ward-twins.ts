import type { Pool } from 'pg';
import { textArray } from '../postgres/pg-arrays.js';
import { IS_PRESENT } from './patient-labels.js';

/** A twin as a ward needs it. Times in ms. */
export interface WardTwin {
  readonly key: string;
  readonly patient: string;
  readonly version: number;
  readonly asOf: number | null;
  /** When the first record of the patient was stored: nothing is known as of an earlier time. */
  readonly firstRecordedAt: number;
  readonly isQuarantined: boolean;
}

const COLUMNS = `t.key::text AS key, t.patient, t.version::float8 AS version, (extract(epoch FROM t.as_of) * 1000)::float8 AS "asOf",
  (extract(epoch FROM t.created_at) * 1000)::float8 AS "firstRecordedAt",
  EXISTS (SELECT FROM quarantined_twins q WHERE q.tenant = t.tenant AND q.patient = t.patient) AS "isQuarantined"`;

/** Page of the patients who are present, by id; `after` is the last one of the page before. */
export async function wardTwins(
  pool: Pool,
  tenant: number,
  limit: number,
  after?: string,
): Promise<readonly WardTwin[]> {
  const { rows } = await pool.query<WardTwin>({
    text: `SELECT ${COLUMNS} FROM twins t WHERE t.tenant = $1 AND t.type = 'system' AND t.patient > $2 AND ${IS_PRESENT} ORDER BY t.patient LIMIT $3`,
    values: [tenant, after ?? '', limit],
  });
  return rows;
}

export async function wardTwinsOf(
  pool: Pool,
  tenant: number,
  patients: readonly string[],
): Promise<readonly WardTwin[]> {
  const { rows } = await pool.query<WardTwin>({
    text: `SELECT ${COLUMNS} FROM twins t WHERE t.tenant = $1 AND t.type = 'system' AND t.patient = ANY ($2::text[])`,
    values: [tenant, textArray(patients)],
  });
  return rows;
}

/** Which version each twin of a tenant has. */
export interface WardVersions {
  /** Of the database: what was committed by then is in the versions, ms. */
  readonly at: number;
  /** Newest effective time that any twin has seen, ms; null: none has seen any. */
  readonly newestAt: number | null;
  readonly versions: readonly (readonly [patient: string, version: number])[];
}

export async function wardVersions(pool: Pool, tenant: number): Promise<WardVersions> {
  const { rows } = await pool.query<{ at: number; newestAt: number | null; patients: string[]; versions: number[] }>({
    text: `SELECT (extract(epoch FROM now()) * 1000)::float8 AS at,
        (extract(epoch FROM max(as_of) FILTER (WHERE as_of <= now() + interval '1 minute')) * 1000)::float8 AS "newestAt",
        coalesce(array_agg(patient), '{}') AS patients, coalesce(array_agg(version::float8), '{}') AS versions
      FROM twins WHERE tenant = $1 AND type = 'system'`,
    values: [tenant],
  });
  const { at, newestAt, patients, versions } = rows[0]!;
  return { at, newestAt, versions: patients.map((patient, n) => [patient, versions[n]!] as const) };
}

/** Patients whose twins a transaction has changed that began after `since` (ms, by the clock of the database). */
export async function twinsChangedSince(pool: Pool, tenant: number, since: number): Promise<readonly string[]> {
  const { rows } = await pool.query<{ patient: string }>({
    text: `SELECT patient FROM twins WHERE tenant = $1 AND type = 'system' AND updated_at > to_timestamp($2::float8 / 1000)`,
    values: [tenant, since],
  });
  return rows.map(({ patient }) => patient);
}

/** Stored states of twins, as {@link twinSnapshot} has them of one. */
export async function twinSnapshots(
  pool: Pool,
  tenant: number,
  patients: readonly string[],
): Promise<readonly { readonly patient: string; readonly version: number; readonly snapshot: string | null }[]> {
  if (patients.length === 0) return [];
  const { rows } = await pool.query<{ patient: string; version: number; snapshot: string | null }>({
    text: `SELECT patient, version::float8 AS version, snapshot FROM twins WHERE tenant = $1 AND patient = ANY ($2::text[])`,
    values: [tenant, textArray(patients)],
  });
  return rows;
}

/** Open episodes by severity, of twins whose own state cannot be read. */
export async function openEpisodes(
  pool: Pool,
  tenant: number,
  patients: readonly string[],
): Promise<readonly { readonly patient: string; readonly severity: string }[]> {
  if (patients.length === 0) return [];
  const { rows } = await pool.query<{ patient: string; severity: string }>({
    text: `SELECT patient, severity FROM alert_episodes WHERE tenant = $1 AND patient = ANY ($2::text[]) AND NOT closed`,
    values: [tenant, textArray(patients)],
  });
  return rows;
}
