import type { PoolClient } from 'pg';
import type { MeasuredValue, MeasurementKey } from '#libs/fhir-rest';
import { MEASURED_COLUMNS, NEWEST_JUDGEMENT, STORED_SOURCE } from './measured-row.js';
import type { MeasuredScope } from './measured-scope.js';
import { newestVersions } from './measured-versions.js';

/** Place in the order of measurements: effective time (ms), twin, catalogue number, identity. */
export interface MeasuredPlace {
  readonly at: number;
  readonly twin: string;
  readonly code: number;
  readonly identity: string;
}

export interface MeasuredRows {
  /** Current measurements, in order; those that came as FHIR are among them. */
  readonly rows: readonly MeasuredValue[];
  /** Up to where everything was looked at. */
  readonly passed: MeasuredPlace | undefined;
  readonly isLast: boolean;
  /** What it cost: rows that were read, and places in the index where there was none. */
  readonly looked: number;
}

/** Rows behind a place, so many of them as are read at once. */
export type RowSource = (passed: MeasuredPlace | undefined) => Promise<MeasuredRows>;

interface Reading {
  readonly client: PoolClient;
  readonly tenant: number;
  readonly scope: MeasuredScope;
  readonly descending: boolean;
  /** Rows at once. */
  readonly batch: number;
}

export function rowSource(reading: Reading): RowSource {
  const { of, codes, from, to } = reading.scope;
  if (codes.length === 0 || from > to) return nothing;
  switch (of.kind) {
    case 'patients':
      return of.patients.length === 0 ? nothing : (passed) => ofPatients(reading, of.patients, passed);
    case 'ids':
      return (passed) => ofIds(reading, of.keys, passed);
    case 'all':
      return (passed) => ofAll(reading, passed);
  }
}

function nothing(passed: MeasuredPlace | undefined): Promise<MeasuredRows> {
  return Promise.resolve({ rows: [], passed, isLast: true, looked: 0 });
}

const FIRST = { at: null, twin: '0', code: 0, identity: '00000000-0000-0000-0000-000000000000' };

/** In order of time, then twin, measure and identity. */
async function ofPatients(
  { client, tenant, scope, descending, batch }: Reading,
  patients: readonly string[],
  passed: MeasuredPlace | undefined,
): Promise<MeasuredRows> {
  const { at, twin, code, identity } = passed ?? FIRST;
  const { rows } = await client.query<MeasuredValue>({
    name: descending ? 'measured-page-descending' : 'measured-page',
    text: descending ? DESCENDING : ASCENDING,
    values: [tenant, patients, scope.codes, scope.from, scope.to, batch, at, twin, code, identity],
  });
  const last = rows.at(-1);
  return {
    rows,
    passed: last === undefined ? passed : placeOf(last),
    isLast: rows.length < batch,
    looked: rows.length,
  };
}

/** Each patient and measure is read along the primary key, and the few are merged. */
function pageSql(direction: 'ASC' | 'DESC', behind: '>' | '<'): string {
  const bound =
    behind === '>'
      ? `effective_at >= to_timestamp(greatest($4::float8, $7::float8) / 1000) AND effective_at <= to_timestamp($5::float8 / 1000)`
      : `effective_at >= to_timestamp($4::float8 / 1000) AND effective_at <= to_timestamp(least($5::float8, $7::float8) / 1000)`;
  return `SELECT ${MEASURED_COLUMNS}
    FROM (
      SELECT n.* FROM twins w, unnest($3::int2[]) AS c (code), LATERAL (
        SELECT * FROM measurements
        WHERE tenant = $1 AND twin = w.key AND code = c.code AND superseded_at IS NULL AND ${bound}
          AND ($7::float8 IS NULL
            OR (effective_at, twin, code, identity) ${behind} (to_timestamp($7::float8 / 1000), $8::int8, $9::int2, $10::uuid))
        ORDER BY effective_at ${direction}, identity ${direction} LIMIT $6) n
      WHERE w.tenant = $1 AND w.patient = ANY ($2::text[])
      ORDER BY n.effective_at ${direction}, n.twin ${direction}, n.code ${direction}, n.identity ${direction} LIMIT $6) m
    ${JOINED}
    ORDER BY m.effective_at ${direction}, m.twin ${direction}, m.code ${direction}, m.identity ${direction}`;
}

const JOINED = `JOIN twins t ON t.tenant = m.tenant AND t.key = m.twin
    JOIN sources s ON s.tenant = m.tenant AND s.key = m.source
    ${NEWEST_JUDGEMENT}`;
const ASCENDING = pageSql('ASC', '>');
const DESCENDING = pageSql('DESC', '<');

/** The measurements of these ids, in the order of {@link ofPatients}. */
async function ofIds(
  { client, tenant, descending }: Reading,
  keys: readonly MeasurementKey[],
  passed: MeasuredPlace | undefined,
): Promise<MeasuredRows> {
  const found = await newestVersions(client, tenant, keys);
  const order = descending ? -1 : 1;
  const rows = found
    .filter((row) => passed === undefined || order * inTime(placeOf(row), passed) > 0)
    .sort((a, b) => order * inTime(placeOf(a), placeOf(b)));
  return { rows, passed, isLast: true, looked: keys.length };
}

function inTime(a: MeasuredPlace, b: MeasuredPlace): number {
  const twin = BigInt(a.twin) - BigInt(b.twin);
  return (
    a.at - b.at ||
    Math.sign(Number(twin)) ||
    a.code - b.code ||
    (a.identity < b.identity ? -1 : Number(a.identity > b.identity))
  );
}

/** Places of the index that are looked at with one statement. */
const PLACES = 400;
/** Behind all measures of a twin. */
const LAST_CODE = 32_767;

/** Twin by twin in the order of their keys, then by measure, time and identity: no index has the measurements of a tenant in order of time. */
async function ofAll(
  { client, tenant, scope, batch }: Reading,
  passed: MeasuredPlace | undefined,
): Promise<MeasuredRows> {
  const isBehind = passed?.code === LAST_CODE;
  const atOnce = Math.max(1, Math.floor(PLACES / scope.codes.length));
  const twins = await client.query<{ key: string }>({
    name: 'measured-twins',
    text: `SELECT key::text AS key FROM twins WHERE tenant = $1 AND (key > $2 OR key = $2 AND NOT $3::bool) AND key >= $2 ORDER BY key LIMIT $4`,
    values: [tenant, passed?.twin ?? '0', isBehind, atOnce],
  });
  const keys = twins.rows.map(({ key }) => key);
  const lastTwin = keys.at(-1);
  if (lastTwin === undefined) return { rows: [], passed, isLast: true, looked: 0 };
  const { at, twin, code, identity } = isBehind || passed === undefined ? FIRST : passed;
  const { rows } = await client.query<MeasuredValue>({
    name: 'measured-walk',
    text: WALK,
    values: [tenant, keys, scope.codes, scope.from, scope.to, batch, at, twin, code, identity],
  });
  const last = rows.at(-1);
  if (last !== undefined && rows.length === batch)
    return { rows, passed: placeOf(last), isLast: false, looked: rows.length };
  return {
    rows,
    passed: { ...FIRST, at: 0, twin: lastTwin, code: LAST_CODE },
    isLast: keys.length < atOnce,
    looked: rows.length + keys.length * scope.codes.length,
  };
}

const WALK = `SELECT ${MEASURED_COLUMNS}
    FROM (
      SELECT n.* FROM (SELECT key FROM twins WHERE tenant = $1 AND key = ANY ($2::int8[]) ORDER BY key) w, LATERAL (
        SELECT p.* FROM unnest($3::int2[]) AS c (code), LATERAL (
          SELECT * FROM measurements
          WHERE tenant = $1 AND twin = w.key AND code = c.code AND superseded_at IS NULL
            AND effective_at >= to_timestamp($4::float8 / 1000) AND effective_at <= to_timestamp($5::float8 / 1000)
            AND (w.key <> $8::int8 OR (code, effective_at, identity) > ($9::int2, to_timestamp($7::float8 / 1000), $10::uuid) OR $7::float8 IS NULL)
          ORDER BY effective_at, identity LIMIT $6) p
        ORDER BY p.code, p.effective_at, p.identity LIMIT $6) n
      ORDER BY w.key, n.code, n.effective_at, n.identity LIMIT $6) m
    ${JOINED}
    ORDER BY m.twin, m.code, m.effective_at, m.identity`;

export function placeOf({ effectiveAt, twin, code, identity }: MeasuredValue): MeasuredPlace {
  return { at: effectiveAt, twin, code, identity };
}

/** Whether the tenant has senders other than FHIR: without one there is nothing to look for. */
export async function hasWearables(client: PoolClient, tenant: number): Promise<boolean> {
  const { rows } = await client.query<{ has: boolean }>({
    name: 'measured-any',
    text: `SELECT EXISTS (SELECT FROM sources WHERE tenant = $1 AND source < '${STORED_SOURCE}')
      OR EXISTS (SELECT FROM sources WHERE tenant = $1 AND source > '${STORED_SOURCE}') AS has`,
    values: [tenant],
  });
  return rows[0]?.has ?? false;
}
