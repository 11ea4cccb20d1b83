import type { ClientBase, Pool } from 'pg';
import type { PatientId } from './load-twins.js';
import { plainArray, textArray } from '../postgres/pg-arrays.js';

/** A record of the input topic that waits for the backlog lane. Its key in the log follows from tenant and patient. */
export interface DeferredRecord extends PatientId {
  readonly partition: number;
  readonly offset: bigint;
  readonly value: string;
}

/** Notes records in the transaction that moves the offset past them; one that is noted already stays as it is. */
export async function deferRecords(client: ClientBase, records: readonly DeferredRecord[]): Promise<void> {
  if (records.length === 0) return;
  await client.query({
    name: 'deferred-insert',
    text: `INSERT INTO deferred_records (tenant, patient, "partition", "offset", value)
      SELECT * FROM unnest($1::int4[], $2::text[], $3::int4[], $4::int8[], $5::text[])
      ON CONFLICT DO NOTHING`,
    values: [
      plainArray(records.map((record) => record.tenant)),
      textArray(records.map((record) => record.patient)),
      plainArray(records.map((record) => record.partition)),
      plainArray(records.map((record) => String(record.offset))),
      textArray(records.map((record) => record.value)),
    ],
  });
}

/** Which patients of these partitions have records waiting. */
export async function deferredPatientsOf(
  client: ClientBase,
  partitions: readonly number[],
): Promise<readonly (PatientId & { readonly partition: number })[]> {
  const { rows } = await client.query<PatientId & { partition: number }>({
    name: 'deferred-of-partitions',
    text: `SELECT DISTINCT "partition", tenant, patient FROM deferred_records WHERE "partition" = ANY ($1::int4[])`,
    values: [plainArray(partitions)],
  });
  return rows;
}

/** Which of these patients have records waiting. */
export async function stillDeferred(client: ClientBase, patients: readonly PatientId[]): Promise<readonly PatientId[]> {
  const { rows } = await client.query<PatientId>({
    name: 'deferred-still',
    text: `SELECT u.tenant, u.patient FROM unnest($1::int4[], $2::text[]) AS u (tenant, patient)
      WHERE EXISTS (SELECT 1 FROM deferred_records d WHERE d.tenant = u.tenant AND d.patient = u.patient)`,
    values: [plainArray(patients.map(({ tenant }) => tenant)), textArray(patients.map(({ patient }) => patient))],
  });
  return rows;
}

/**
 * Patients with records waiting, the one that has waited longest first, at most `most`. Those whose twin is in quarantine are left out: their
 * records wait for it. It goes from patient to patient, because a long wait has many records.
 */
export async function deferredPatients(pool: Pool, most: number): Promise<readonly PatientId[]> {
  const { rows } = await pool.query<PatientId>({
    name: 'deferred-patients',
    text: `WITH RECURSIVE p AS (
        (SELECT tenant, patient, deferred_at FROM deferred_records ORDER BY tenant, patient, "offset" LIMIT 1)
        UNION ALL
        SELECT n.tenant, n.patient, n.deferred_at FROM p CROSS JOIN LATERAL (
          SELECT tenant, patient, deferred_at FROM deferred_records AS d
          WHERE (d.tenant, d.patient) > (p.tenant, p.patient) ORDER BY tenant, patient, "offset" LIMIT 1
        ) AS n
      )
      SELECT tenant, patient FROM p
      WHERE NOT EXISTS (SELECT 1 FROM quarantined_twins AS q WHERE q.tenant = p.tenant AND q.patient = p.patient)
      ORDER BY deferred_at LIMIT $1`,
    values: [most],
  });
  return rows;
}

/**
 * Locks a patient's backlog until the transaction ends.
 *
 * @returns the transaction's time (ms), or undefined when another transaction holds the lock
 */
export async function lockDeferred(client: ClientBase, { tenant, patient }: PatientId): Promise<number | undefined> {
  const { rows } = await client.query<{ locked: boolean; now: number }>({
    name: 'deferred-lock',
    text: `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 7307)) AS locked,
      extract(epoch FROM now()::timestamptz(3))::float8 * 1000 AS now`,
    values: [`${tenant}/${patient}`],
  });
  return rows[0]?.locked === true ? Math.round(rows[0].now) : undefined;
}

/** A patient's oldest waiting records, at most `most` and about `maxCharacters` of them, in the order of the log. */
export async function nextDeferred(
  client: ClientBase,
  { tenant, patient }: PatientId,
  most: number,
  maxCharacters: number,
): Promise<readonly DeferredRecord[]> {
  const { rows } = await client.query<PatientId & { partition: number; offset: string; value: string }>({
    name: 'deferred-next',
    text: `SELECT tenant, patient, "partition", "offset", value FROM (
        SELECT *, sum(length(value)) OVER (ORDER BY "offset") - length(value) AS before
        FROM (SELECT * FROM deferred_records WHERE tenant = $1 AND patient = $2 ORDER BY "offset" LIMIT $3) AS d
      ) AS d WHERE before < $4 ORDER BY "offset"`,
    values: [tenant, patient, most, maxCharacters],
  });
  return rows.map((row) => ({ ...row, offset: BigInt(row.offset) }));
}

/** They are applied: with the transaction they wait no more. @throws Error when some of them were not waiting */
export async function removeDeferred(client: ClientBase, records: readonly DeferredRecord[]): Promise<void> {
  const [first] = records;
  if (first === undefined) return;
  const { rowCount } = await client.query({
    name: 'deferred-remove',
    text: `DELETE FROM deferred_records WHERE tenant = $1 AND patient = $2 AND "offset" = ANY ($3::int8[])`,
    values: [first.tenant, first.patient, plainArray(records.map(({ offset }) => String(offset)))],
  });
  if (rowCount !== records.length) throw new Error('records of a backlog were applied by somebody else');
}

/** The version at which a patient's twin is stored; undefined before there is one. */
export async function twinVersion(
  client: ClientBase,
  { tenant, patient }: PatientId,
): Promise<{ readonly key: string; readonly version: number } | undefined> {
  const { rows } = await client.query<{ key: string; version: number }>({
    name: 'twin-version',
    text: 'SELECT key, version::float8 AS version FROM twins WHERE tenant = $1 AND patient = $2',
    values: [tenant, patient],
  });
  return rows[0];
}
