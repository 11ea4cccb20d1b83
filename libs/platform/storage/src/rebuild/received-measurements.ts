import type { ClientBase } from 'pg';
import type { StoredMeasurement } from '#libs/domain/twin';
import { COLUMNS, SOURCE, toStored, type StoredRow } from '../engine/load-measurements.js';
import type { TwinPlace } from './twin-heads.js';

const ROWS_AT_ONCE = 2_000;

/** Every version of every measurement, in order of receipt. A cursor: the transaction must be open, and is used by it meanwhile. */
export async function* receivedMeasurements(
  client: ClientBase,
  { tenant, key }: TwinPlace,
): AsyncGenerator<StoredMeasurement & { readonly recordedAt: number }> {
  // A cursor takes no parameters.
  const [t, k] = [Math.trunc(tenant), BigInt(key)];
  await client.query(`DECLARE received NO SCROLL CURSOR FOR
    SELECT 0::float8 AS ord, ${COLUMNS}, round(extract(epoch FROM m.recorded_at) * 1000)::float8 AS recorded
    FROM measurements AS m ${SOURCE} WHERE m.tenant = ${t} AND m.twin = ${k}
    ORDER BY m.received_at, m.recorded_at, m.version, m.effective_at, m.identity`);
  for (;;) {
    const { rows } = await client.query<StoredRow & { recorded: number }>(`FETCH ${ROWS_AT_ONCE} FROM received`);
    for (const { recorded, ...row } of rows) yield { ...toStored(row), recordedAt: recorded };
    if (rows.length < ROWS_AT_ONCE) break;
  }
  await client.query('CLOSE received');
}

/** One version of a measurement. */
export async function measurementVersion(
  client: ClientBase,
  { tenant, key }: TwinPlace,
  identity: string,
  version: number,
): Promise<StoredMeasurement | undefined> {
  const { rows } = await client.query<StoredRow>(
    `SELECT 0::float8 AS ord, ${COLUMNS} FROM measurements AS m ${SOURCE}
     WHERE m.tenant = $1 AND m.twin = $2 AND m.identity = $3::uuid AND m.version = $4`,
    [tenant, key, identity, version],
  );
  return rows[0] === undefined ? undefined : toStored(rows[0]);
}
