import type { ClientBase, Pool } from 'pg';
import type { PatientId } from './load-twins.js';
import { plainArray, textArray } from '../postgres/pg-arrays.js';

/** A twin whose stored state could not be read. Its patient's records wait in `deferred_records`. */
export interface QuarantinedTwin extends PatientId {
  /** Of the twin's row. */
  readonly key: string;
  /** Code for why; never a part of what was stored. */
  readonly reason: string;
  /** ms */
  readonly since: number;
}

const COLUMNS = `tenant, patient, twin::text AS key, reason, (extract(epoch FROM since) * 1000)::float8 AS since`;

/**
 * Quarantines twins, as of the transaction's time.
 *
 * @returns those that were not in quarantine already
 */
export async function quarantineTwins(
  client: ClientBase,
  twins: readonly Omit<QuarantinedTwin, 'since'>[],
): Promise<readonly QuarantinedTwin[]> {
  if (twins.length === 0) return [];
  const { rows } = await client.query<QuarantinedTwin>({
    name: 'quarantine-twins',
    text: `INSERT INTO quarantined_twins (tenant, patient, twin, reason, since)
      SELECT u.tenant, u.patient, u.twin, u.reason, now()
      FROM unnest($1::int4[], $2::text[], $3::int8[], $4::text[]) AS u (tenant, patient, twin, reason)
      ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
    values: [
      plainArray(twins.map(({ tenant }) => tenant)),
      textArray(twins.map(({ patient }) => patient)),
      plainArray(twins.map(({ key }) => key)),
      textArray(twins.map(({ reason }) => reason)),
    ],
  });
  return rows;
}

export async function countQuarantined(db: ClientBase | Pool): Promise<number> {
  const { rows } = await db.query<{ n: number }>('SELECT count(*)::int AS n FROM quarantined_twins');
  return rows[0]?.n ?? 0;
}

/** Some twins that have been in quarantine for `seconds`, the longest first. */
export async function listQuarantined(
  db: ClientBase | Pool,
  seconds: number,
  most: number,
): Promise<readonly QuarantinedTwin[]> {
  const { rows } = await db.query<QuarantinedTwin>(
    `SELECT ${COLUMNS} FROM quarantined_twins WHERE since <= now() - make_interval(secs => $1) ORDER BY since LIMIT $2`,
    [seconds, most],
  );
  return rows;
}

export async function isQuarantined(db: ClientBase | Pool, { tenant, patient }: PatientId): Promise<boolean> {
  const { rows } = await db.query({
    name: 'quarantined-is',
    text: 'SELECT 1 FROM quarantined_twins WHERE tenant = $1 AND patient = $2',
    values: [tenant, patient],
  });
  return rows.length > 0;
}

/** Takes a twin out of quarantine; its records are applied once the transaction commits. @returns undefined when it was not in it */
export async function releaseTwin(
  client: ClientBase,
  { tenant, patient }: PatientId,
): Promise<QuarantinedTwin | undefined> {
  const { rows } = await client.query<QuarantinedTwin>(
    `DELETE FROM quarantined_twins WHERE tenant = $1 AND patient = $2 RETURNING ${COLUMNS}`,
    [tenant, patient],
  );
  return rows[0];
}
