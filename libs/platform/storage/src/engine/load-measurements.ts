import type { ClientBase } from 'pg';
import type { Comparator } from '#libs/contracts';
import type { StoredMeasurement } from '#libs/domain/twin';
import { plainArray } from '../postgres/pg-arrays.js';

/**
 * An identity to look up. `code` and `t` say where it would stand if its sender sent it before with the same time: identities
 * that are derived (from device, code and time) are found only there; those of the sender's own also by themselves.
 */
export interface WantedIdentity {
  readonly tenant: number;
  readonly twin: string;
  readonly identity: string;
  readonly code: number;
  readonly t: number;
}

export interface WantedWindow {
  readonly tenant: number;
  readonly twin: string;
  readonly code: number;
  /** ms, inclusive */
  readonly from: number;
  /** ms, inclusive; absent: to the newest */
  readonly until?: number;
}

/** A stored version as queries give it. */
export interface StoredRow {
  ord: number;
  identity: string;
  version: number;
  hash: string;
  code: number;
  t: number;
  x: number | null;
  comparator: Comparator | null;
  series: number[] | null;
  /** In place of `series` and beside `period` where single precision would cut them. */
  exact: number[] | null;
  period: number | null;
  periodExact: number | null;
  channel: string | null;
  quality: 0 | 1 | 2;
  reasons: string[] | null;
  sourced: boolean;
  source: string;
  device: string;
  received: number;
  origin: [number, string] | null;
  retracted: boolean;
  shift: number | null;
  /** Of windows only. */
  judged?: 0 | 1 | 2 | null;
  judgedReasons?: string[] | null;
}

/** Of `measurements AS m` with {@link SOURCE}. */
export const COLUMNS = `m.identity, m.version, m.content_hash AS hash, m.code, extract(epoch FROM m.effective_at)::float8 * 1000 AS t,
  m.value AS x, m.comparator, CASE WHEN m.series_exact IS NULL THEN m.series END AS series, m.series_exact AS exact,
  m.period_ms AS period, m.period_exact AS "periodExact", m.channel, m.quality, m.quality_reasons AS reasons, m.sourced,
  s.source, s.device, extract(epoch FROM m.received_at)::float8 * 1000 AS received, m.origin, m.retracted,
  m.clock_shift_ms AS shift`;
export const SOURCE = 'JOIN sources s ON s.tenant = m.tenant AND s.key = m.source';

/**
 * The newest version of each identity, withdrawn or not, in the order asked; undefined where there is none. OFFSET 0 keeps the statement
 * from becoming a join: prepared while the table is empty, it would read the whole table for every batch until the next ANALYZE.
 */
export async function loadIdentities(
  client: ClientBase,
  wanted: readonly WantedIdentity[],
): Promise<readonly (StoredMeasurement | undefined)[]> {
  if (wanted.length === 0) return [];
  const { rows } = await client.query<StoredRow>({
    name: 'measurements-by-identity',
    text: `WITH u AS (
        SELECT * FROM unnest($1::int4[], $2::int8[], $3::uuid[], $4::int2[], $5::float8[])
          WITH ORDINALITY AS u (tenant, twin, identity, code, t, ord)
      ), m AS (
        SELECT u.ord, m.* FROM u CROSS JOIN LATERAL (
          SELECT * FROM measurements m
          WHERE m.tenant = u.tenant AND m.twin = u.twin AND m.identity = u.identity AND m.sourced AND m.superseded_at IS NULL
          OFFSET 0
        ) AS m
        UNION ALL
        SELECT u.ord, m.* FROM u CROSS JOIN LATERAL (
          SELECT * FROM measurements m
          WHERE m.tenant = u.tenant AND m.twin = u.twin AND m.code = u.code AND m.effective_at = to_timestamp(u.t / 1000)
            AND m.identity = u.identity AND m.superseded_at IS NULL AND NOT m.sourced
          OFFSET 0
        ) AS m
      )
      SELECT m.ord::float8 AS ord, ${COLUMNS} FROM m ${SOURCE}`,
    values: [
      plainArray(wanted.map((one) => one.tenant)),
      plainArray(wanted.map((one) => one.twin)),
      plainArray(wanted.map((one) => one.identity)),
      plainArray(wanted.map((one) => one.code)),
      plainArray(wanted.map((one) => one.t)),
    ],
  });
  const found = new Map(rows.map((row) => [row.ord, toStored(row)]));
  return wanted.map((_, index) => found.get(index + 1));
}

/** A window's versions ordered by (t, identity), or `too-many` where there are more than were allowed. */
export type LoadedWindow = readonly StoredMeasurement[] | 'too-many';

/**
 * The newest versions from each window's start on that are not withdrawn, in the order asked.
 *
 * @param most rows read for one window
 */
export async function loadWindows(
  client: ClientBase,
  wanted: readonly WantedWindow[],
  most: number,
): Promise<readonly LoadedWindow[]> {
  if (wanted.length === 0) return [];
  const { rows } = await client.query<StoredRow>({
    name: 'measurements-window',
    text: `WITH u AS (
        SELECT * FROM unnest($1::int4[], $2::int8[], $3::int2[], $4::float8[], $5::float8[])
          WITH ORDINALITY AS u (tenant, twin, code, "from", until, ord)
      ), m AS (
        SELECT u.ord, m.* FROM u CROSS JOIN LATERAL (
          SELECT * FROM measurements m WHERE m.tenant = u.tenant AND m.twin = u.twin AND m.code = u.code
            AND m.effective_at >= to_timestamp(u."from" / 1000)
            AND m.effective_at <= coalesce(to_timestamp(u.until / 1000), 'infinity') AND m.superseded_at IS NULL AND NOT m.retracted
          LIMIT $6
        ) AS m
      ), whole AS (
        SELECT ord FROM m GROUP BY ord HAVING count(*) < $6
      ), j AS (
        SELECT DISTINCT ON (u.ord, j.identity, j.version) u.ord, j.identity, j.version, j.quality, j.reasons
        FROM u JOIN whole ON whole.ord = u.ord
        JOIN measurement_judgements j ON j.tenant = u.tenant AND j.twin = u.twin AND j.code = u.code
          AND j.effective_at >= to_timestamp(u."from" / 1000)
          AND j.effective_at <= coalesce(to_timestamp(u.until / 1000), 'infinity')
        ORDER BY u.ord, j.identity, j.version, j.recorded_at DESC
      )
      SELECT m.ord::float8 AS ord, ${COLUMNS}, coalesce(j.quality, m.judged_quality) AS judged,
        coalesce(j.reasons, m.judged_reasons) AS "judgedReasons"
      FROM m ${SOURCE}
      LEFT JOIN j ON j.ord = m.ord AND j.identity = m.identity AND j.version = m.version`,
    values: [
      plainArray(wanted.map((one) => one.tenant)),
      plainArray(wanted.map((one) => one.twin)),
      plainArray(wanted.map((one) => one.code)),
      plainArray(wanted.map((one) => one.from)),
      plainArray(wanted.map((one) => one.until)),
      most + 1,
    ],
  });
  const windows = wanted.map((): StoredMeasurement[] => []);
  // Names repeat in every row: a long window holds each once.
  const names = new Map<string, string>();
  for (const row of rows) windows[row.ord - 1]?.push(toStored(row, names));
  return windows.map((window) => (window.length > most ? 'too-many' : window.sort(byTime)));
}

/** The order of values of a measure: effective time, then identity. */
function byTime(a: StoredMeasurement, b: StoredMeasurement): number {
  return a.t - b.t || (a.identity < b.identity ? -1 : a.identity > b.identity ? 1 : 0);
}

export function toStored(row: StoredRow, names: Map<string, string> = new Map()): StoredMeasurement {
  const series = row.exact ?? row.series;
  const period = row.periodExact ?? row.period;
  return {
    identity: row.identity,
    version: row.version,
    hash: row.hash,
    code: row.code,
    t: Math.round(row.t),
    ...(row.x === null ? {} : { x: row.x }),
    ...(row.comparator === null ? {} : { comparator: row.comparator }),
    ...(series === null ? {} : { series }),
    ...(period === null ? {} : { periodMs: period }),
    ...(row.channel === null ? {} : { channel: row.channel }),
    quality: row.quality,
    ...(row.reasons === null ? {} : { reasons: row.reasons }),
    sourced: row.sourced,
    source: onceOf(names, row.source),
    device: onceOf(names, row.device),
    receivedAt: Math.round(row.received),
    ...(row.origin === null ? {} : { origin: row.origin }),
    retracted: row.retracted,
    ...(row.shift === null ? {} : { clockShift: row.shift }),
    ...(row.judged == null ? {} : { judged: { quality: row.judged, reasons: row.judgedReasons ?? [] } }),
  };
}

function onceOf(names: Map<string, string>, name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  names.set(name, name);
  return name;
}
