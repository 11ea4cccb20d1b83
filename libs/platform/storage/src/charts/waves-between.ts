import type { Pool } from 'pg';

/** A series of values as a monitor sent it: a wave (`periodMs`), or successive intervals. */
export interface WaveRow {
  /** Of the start of its first value, ms. */
  readonly effectiveAt: number;
  readonly values: readonly number[];
  readonly periodMs: number | null;
  readonly channel: string | null;
  readonly quality: 0 | 1 | 2;
  readonly source: string;
}

/**
 * Series of a measure (catalogue number) that last into a time (ms, `to` exclusive), as known at `knownAt`, in order. One that began more than
 * `lookBackMs` before the time is not found.
 */
export async function wavesBetween(
  pool: Pool,
  asked: {
    readonly tenant: number;
    readonly twin: string;
    readonly code: number;
    readonly from: number;
    readonly to: number;
    readonly knownAt: number;
    readonly lookBackMs: number;
    readonly limit: number;
  },
): Promise<readonly WaveRow[]> {
  const { rows } = await pool.query<WaveRow>({
    name: 'waves-between',
    text: `SELECT (extract(epoch FROM m.effective_at) * 1000)::float8 AS "effectiveAt",
        coalesce(m.series_exact, m.series::text::float8[]) AS values, coalesce(m.period_exact, m.period_ms::text::float8) AS "periodMs",
        m.channel, coalesce(j.quality, m.judged_quality, m.quality) AS quality, s.source
      FROM measurements m JOIN sources s ON s.tenant = $1 AND s.key = m.source
      LEFT JOIN LATERAL (
        SELECT quality FROM measurement_judgements
        WHERE tenant = m.tenant AND twin = m.twin AND code = m.code AND effective_at = m.effective_at AND identity = m.identity
          AND version = m.version AND recorded_at <= to_timestamp($6::float8 / 1000)
        ORDER BY recorded_at DESC LIMIT 1) j ON TRUE
      WHERE m.tenant = $1 AND m.twin = $2 AND m.code = $3
        AND m.effective_at >= to_timestamp(($4::float8 - $8::float8) / 1000) AND m.effective_at < to_timestamp($5::float8 / 1000)
        AND m.recorded_at <= to_timestamp($6::float8 / 1000) AND NOT m.retracted AND m.value IS NULL
        AND (m.superseded_at IS NULL OR m.superseded_at > to_timestamp($6::float8 / 1000))
        AND (m.effective_at >= to_timestamp($4::float8 / 1000) OR extract(epoch FROM m.effective_at) * 1000
          + coalesce(cardinality(coalesce(m.series_exact, m.series)) * coalesce(m.period_exact, m.period_ms),
            (SELECT sum(i) FROM unnest(coalesce(m.series_exact, m.series)) AS i)) > $4)
      ORDER BY m.effective_at, m.identity LIMIT $7`,
    values: [asked.tenant, asked.twin, asked.code, asked.from, asked.to, asked.knownAt, asked.limit, asked.lookBackMs],
  });
  return rows;
}
