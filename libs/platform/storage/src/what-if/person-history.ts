import type { Pool } from 'pg';

/** Whose history, and as it was known when. */
export interface KnownTwin {
  readonly tenant: number;
  readonly twin: string;
  /** ms */
  readonly knownAt: number;
}

/** Values of one measure, ascending in time (ms); all arrays have the same length. */
export interface KnownValues {
  readonly code: number;
  readonly times: readonly number[];
  readonly values: readonly number[];
  /** 0 good, 1 doubtful, 2 bad. */
  readonly qualities: readonly (0 | 1 | 2)[];
  /** Whose value it is: its device, of a value without one its source. */
  readonly sources: readonly string[];
}

/**
 * Values of measures in a time (ms, `to` exclusive) as they were known then, without bounds (`<40`) and series. Of `held` measures, whose value
 * holds until the next, the newest one before that time too. The time of a value is the one at which rules judge it (docs/adr/0023): of a clock that is known to be
 * wrong, an hour-old reading is not today's. More than a day ahead there is none.
 */
export async function knownValues(
  pool: Pool,
  { tenant, twin, knownAt }: KnownTwin,
  asked: {
    readonly codes: readonly number[];
    readonly held: readonly number[];
    readonly from: number;
    readonly to: number;
  },
): Promise<readonly KnownValues[]> {
  const valid = `m.tenant = $1 AND m.twin = $2 AND m.code = c.code AND m.value IS NOT NULL AND m.comparator IS NULL AND NOT m.retracted
    AND m.recorded_at <= to_timestamp($3::float8 / 1000) AND (m.superseded_at IS NULL OR m.superseded_at > to_timestamp($3::float8 / 1000))
    AND (m.clock_shift_ms IS NOT NULL OR m.effective_at <= m.received_at + ${REACH})`;
  const { rows } = await pool.query<KnownValues>(
    `SELECT m.code, array_agg((extract(epoch FROM ${JUDGED}) * 1000)::float8 ORDER BY ${ORDER}) AS times,
       array_agg(m.value ORDER BY ${ORDER}) AS values, array_agg(coalesce(j.quality, m.judged_quality, m.quality) ORDER BY ${ORDER}) AS qualities,
       array_agg(coalesce(nullif(s.device, ''), s.source) ORDER BY ${ORDER}) AS sources
     FROM (
       SELECT m.* FROM unnest($4::int2[]) AS c (code), LATERAL (
         SELECT m.* FROM measurements m WHERE ${valid}
           AND m.effective_at >= to_timestamp($6::float8 / 1000) - ${REACH} AND m.effective_at < to_timestamp($7::float8 / 1000) + ${REACH}
           AND ${JUDGED} >= to_timestamp($6::float8 / 1000) AND ${JUDGED} < to_timestamp($7::float8 / 1000)) AS m
       UNION ALL
       SELECT m.* FROM unnest($5::int2[]) AS c (code), LATERAL (
         SELECT m.* FROM measurements m WHERE ${valid}
           AND m.effective_at < to_timestamp($6::float8 / 1000) + ${REACH} AND ${JUDGED} < to_timestamp($6::float8 / 1000)
         ORDER BY m.effective_at DESC, m.identity DESC LIMIT 1) AS m) AS m
     JOIN sources s ON s.tenant = $1 AND s.key = m.source
     LEFT JOIN LATERAL (
       SELECT quality FROM measurement_judgements
       WHERE tenant = m.tenant AND twin = m.twin AND code = m.code AND effective_at = m.effective_at AND identity = m.identity
         AND version = m.version AND recorded_at <= to_timestamp($3::float8 / 1000)
       ORDER BY recorded_at DESC LIMIT 1) j ON TRUE
     GROUP BY m.code ORDER BY m.code`,
    [tenant, twin, knownAt, asked.codes, asked.held, asked.from, asked.to],
  );
  return rows;
}

/** SQL: the time at which rules judge a value; as long as it can be off by more than this, the value is not looked for. */
const JUDGED = `(m.effective_at - coalesce(m.clock_shift_ms, 0) * interval '1 millisecond')`;
const REACH = `interval '1 day'`;
const ORDER = `${JUDGED}, m.received_at, m.identity`;

/** When the newest record of a twin was applied, ms: what is known of it now was known then, and nothing is recorded before it any more. */
export async function knownUntil(pool: Pool, tenant: number, twin: string): Promise<number | undefined> {
  const { rows } = await pool.query<{ at: number }>({
    name: 'twin-known-until',
    text: `SELECT (extract(epoch FROM updated_at) * 1000)::float8 AS at FROM twins WHERE tenant = $1 AND key = $2`,
    values: [tenant, twin],
  });
  return rows[0]?.at;
}
