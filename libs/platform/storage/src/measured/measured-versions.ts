import type { Pool, PoolClient } from 'pg';
import {
  measurementKeyOf,
  storedObservation,
  type CurrentResource,
  type MeasuredValue,
  type MeasurementKey,
  type StoredResource,
} from '#libs/fhir-rest';
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
  const found = await Promise.all(keys.map((key) => measuredVersions(db, tenant, key, 1)));
  return found.flat().map((value) => ({ ...storedObservation(value), patient: value.patient }));
}
