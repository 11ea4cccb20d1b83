import type { Pool, PoolClient } from 'pg';
import {
  measurementKeyOf,
  storedObservation,
  type CurrentResource,
  type MeasuredValue,
  type MeasurementKey,
  type StoredResource,
} from '#libs/fhir-rest';
import { plainArray, textArray } from '../postgres/pg-arrays.js';
import { MEASURED_COLUMNS, NEWEST_JUDGEMENT, STORED_SOURCE } from './measured-row.js';

/**
 * Versions of a measurement of a wearable sender, the newest first; none for what came as FHIR. Of one with an identifier of its sender all
 * are found, whatever time and measure they had.
 */
export async function measuredVersions(
  db: Pool | PoolClient,
  tenant: number,
  key: MeasurementKey,
  limit: number,
): Promise<readonly MeasuredValue[]> {
  const values = [tenant, key.twin, key.identity, limit];
  const { rows } =
    key.kind === 'sourced'
      ? await db.query<MeasuredValue>({ name: 'measured-sourced', text: versionsSql('m.sourced'), values })
      : await db.query<MeasuredValue>({
          name: 'measured-derived',
          text: versionsSql('NOT m.sourced AND m.code = $5 AND m.effective_at = to_timestamp($6::float8 / 1000)'),
          values: [...values, key.code, key.effectiveAt],
        });
  return rows;
}

function versionsSql(which: string): string {
  return `SELECT ${MEASURED_COLUMNS} FROM measurements m
    JOIN twins t ON t.tenant = m.tenant AND t.key = m.twin
    JOIN sources s ON s.tenant = m.tenant AND s.key = m.source AND s.source <> '${STORED_SOURCE}'
    ${NEWEST_JUDGEMENT}
    WHERE m.tenant = $1 AND m.twin = $2 AND m.identity = $3 AND ${which}
    ORDER BY m.version DESC LIMIT $4`;
}

/** The newest version of each of these measurements, where there is one: two statements at most, however many they are. */
export async function newestVersions(
  db: Pool | PoolClient,
  tenant: number,
  keys: readonly MeasurementKey[],
): Promise<readonly MeasuredValue[]> {
  const found: MeasuredValue[] = [];
  const sourced = keys.filter(({ kind }) => kind === 'sourced');
  if (sourced.length > 0) {
    const { rows } = await db.query<MeasuredValue>({
      name: 'measured-sourced-newest',
      text: newestSql('unnest($2::int8[], $3::uuid[]) AS k (twin, identity)', 'm.sourced'),
      values: [tenant, plainArray(sourced.map(({ twin }) => twin)), textArray(sourced.map(({ identity }) => identity))],
    });
    found.push(...rows);
  }
  const derived = keys.flatMap((key) => (key.kind === 'sourced' ? [] : [key]));
  if (derived.length > 0) {
    const { rows } = await db.query<MeasuredValue>({
      name: 'measured-derived-newest',
      text: newestSql(
        'unnest($2::int8[], $3::uuid[], $4::int2[], $5::float8[]) AS k (twin, identity, code, t)',
        'NOT m.sourced AND m.code = k.code AND m.effective_at = to_timestamp(k.t / 1000)',
      ),
      values: [
        tenant,
        plainArray(derived.map(({ twin }) => twin)),
        textArray(derived.map(({ identity }) => identity)),
        plainArray(derived.map(({ code }) => code)),
        plainArray(derived.map(({ effectiveAt }) => effectiveAt)),
      ],
    });
    found.push(...rows);
  }
  return found;
}

function newestSql(asked: string, which: string): string {
  return `SELECT ${MEASURED_COLUMNS} FROM ${asked}, LATERAL (
      SELECT m.* FROM measurements m
      JOIN sources s ON s.tenant = m.tenant AND s.key = m.source AND s.source <> '${STORED_SOURCE}'
      WHERE m.tenant = $1 AND m.twin = k.twin AND m.identity = k.identity AND ${which}
      ORDER BY m.version DESC LIMIT 1) m
    JOIN twins t ON t.tenant = m.tenant AND t.key = m.twin
    JOIN sources s ON s.tenant = m.tenant AND s.key = m.source
    ${NEWEST_JUDGEMENT}`;
}

/** Versions of one measurement that are looked at; of one that was corrected more often the earliest are not shown. */
export const MAX_VERSIONS = 1_000;

/** One version of a measurement, as an Observation. */
export async function measuredVersion(
  db: Pool | PoolClient,
  tenant: number,
  id: string,
  version: number,
): Promise<StoredResource | undefined> {
  const key = measurementKeyOf(id);
  const versions = key === undefined ? [] : await measuredVersions(db, tenant, key, MAX_VERSIONS);
  const found = versions.find((one) => one.version === version);
  return found === undefined ? undefined : storedObservation(found);
}

/** The current versions of the measurements among these resources, as Observations. Nothing for other ids. */
export async function measuredObservations(
  db: Pool | PoolClient,
  tenant: number,
  asked: readonly { readonly type: string; readonly id: string }[],
): Promise<readonly CurrentResource[]> {
  const keys = asked.flatMap(({ type, id }) => (type === 'Observation' ? (measurementKeyOf(id) ?? []) : []));
  const found = await newestVersions(db, tenant, keys);
  return found.map((value) => ({ ...storedObservation(value), patient: value.patient }));
}
