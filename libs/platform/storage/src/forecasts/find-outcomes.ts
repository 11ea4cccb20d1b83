import type { Pool, PoolClient } from 'pg';
import { plainArray } from '../postgres/pg-arrays.js';
import type { FoundTruth, Target } from './truth.js';
import { usable } from './usable-measurements.js';

const HOUR = 3_600_000;
/** Of a clock that is ahead by more a value is likely of another hour. */
const MAX_AHEAD_MS = HOUR / 2;

interface Row {
  readonly ord: number;
  /** 0: the first hour. */
  readonly hour: number;
  readonly code: number;
  readonly x: number;
  readonly version: number;
}

const FIND = `SELECT u.ord::int AS ord, h.hour::int AS hour, c.code::int AS code, m.value AS x, m.version::int AS version
  FROM unnest($1::int4[], $2::int8[], $3::float8[], $4::int4[]) WITH ORDINALITY AS u (tenant, twin, start, hours, ord),
    generate_series(0, u.hours - 1) AS h (hour), unnest($5::int2[]) AS c (code),
    LATERAL (SELECT m.value, m.version FROM measurements m
      WHERE m.tenant = u.tenant AND m.twin = u.twin AND m.code = c.code AND ${usable('$6', String(MAX_AHEAD_MS))}
        AND m.effective_at > to_timestamp((u.start + h.hour * ${HOUR}) / 1000)
        AND m.effective_at <= to_timestamp((u.start + (h.hour + 1) * ${HOUR}) / 1000)
      ORDER BY m.effective_at DESC, m.identity LIMIT 1) m`;

/**
 * What came of outcomes that nobody measures, told from the newest usable value of each of their measures in each hour: one look along the primary key for each. The
 * version is the highest of those that were looked at. Targets of measures are not among the answers.
 */
export async function findOutcomes(
  db: Pool | PoolClient,
  targets: readonly Target[],
  knownAt: number | undefined,
): Promise<ReadonlyMap<Target, FoundTruth>> {
  const found = new Map<Target, FoundTruth>();
  const wanted = targets.filter(({ outcome }) => outcome !== undefined);
  if (wanted.length === 0) return found;
  const { rows } = await db.query<Row>({
    name: 'forecast-outcomes',
    text: FIND,
    values: [
      plainArray(wanted.map(({ tenant }) => tenant)),
      plainArray(wanted.map(({ twin }) => twin)),
      plainArray(wanted.map(({ t, outcome }) => t - outcome!.hours * HOUR)),
      plainArray(wanted.map(({ outcome }) => outcome!.hours)),
      plainArray([...new Set(wanted.flatMap(({ outcome }) => outcome!.codes))]),
      knownAt ?? null,
    ],
  });
  const own = Map.groupBy(rows, ({ ord }) => ord - 1);
  wanted.forEach((target, i) => {
    const { outcome, t } = target;
    const hours = Array.from({ length: outcome!.hours }, () => new Map<number, number>());
    let version = 1;
    for (const row of own.get(i) ?? []) {
      hours[row.hour]!.set(row.code, row.x);
      version = Math.max(version, row.version);
    }
    const x = outcome!.of(hours);
    if (x !== undefined) found.set(target, { t, x, version, identity: '' });
  });
  return found;
}
