import type { Pool } from 'pg';

/** Values of one measure from one source, ascending in effective time (ms); both arrays have the same length. */
export interface CurrentValues {
  readonly source: string;
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/** What is known now of one measure in a time (ms, `to` exclusive), by source: newest versions, without those of bad quality and mere bounds (`<40`). */
export async function currentValues(
  pool: Pool,
  asked: {
    readonly tenant: number;
    readonly twin: string;
    readonly code: number;
    readonly from: number;
    readonly to: number;
  },
): Promise<readonly CurrentValues[]> {
  const { rows } = await pool.query<CurrentValues>(
    `SELECT s.source, array_agg((extract(epoch FROM m.effective_at) * 1000)::float8 ORDER BY m.effective_at, m.received_at, m.identity) AS times,
       array_agg(m.value ORDER BY m.effective_at, m.received_at, m.identity) AS values
     FROM measurements m JOIN sources s ON s.tenant = m.tenant AND s.key = m.source
     LEFT JOIN (
       SELECT DISTINCT ON (effective_at, identity, version) effective_at, identity, version, quality FROM measurement_judgements
       WHERE tenant = $1 AND twin = $2 AND code = $3
         AND effective_at >= to_timestamp($4::float8 / 1000) AND effective_at < to_timestamp($5::float8 / 1000)
       ORDER BY effective_at, identity, version, recorded_at DESC
     ) j ON j.effective_at = m.effective_at AND j.identity = m.identity AND j.version = m.version
     WHERE m.tenant = $1 AND m.twin = $2 AND m.code = $3
       AND m.effective_at >= to_timestamp($4::float8 / 1000) AND m.effective_at < to_timestamp($5::float8 / 1000)
       AND m.value IS NOT NULL AND m.comparator IS NULL AND coalesce(j.quality, m.judged_quality, m.quality) < 2 AND NOT m.retracted AND m.superseded_at IS NULL
     GROUP BY s.source ORDER BY s.source`,
    [asked.tenant, asked.twin, asked.code, asked.from, asked.to],
  );
  return rows;
}
