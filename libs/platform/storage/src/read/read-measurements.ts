import type { Pool } from 'pg';
import type { Comparator } from '#libs/contracts';

/** One version of a measurement. Times in ms; `code` is the catalogue number. */
export interface MeasurementRow {
  readonly identity: string;
  readonly version: number;
  readonly code: number;
  readonly effectiveAt: number;
  readonly receivedAt: number;
  readonly recordedAt: number;
  readonly superseded: boolean;
  readonly value: number | null;
  /** The value is a bound of the true one. */
  readonly comparator: Comparator | null;
  readonly series: readonly number[] | null;
  readonly periodMs: number | null;
  readonly channel: string | null;
  readonly quality: 0 | 1 | 2;
  readonly qualityReasons: readonly string[] | null;
  readonly origin: readonly [number, string] | null;
  readonly retracted: boolean;
  readonly source: string;
  readonly device: string;
}

/** Place in the order of {@link listMeasurements}. */
export interface MeasurementPlace {
  readonly effectiveAt: number;
  readonly code: number;
  readonly identity: string;
  readonly version: number;
}

export interface MeasurementFilter {
  readonly codes: readonly number[];
  /** ms, inclusive */
  readonly from?: number | undefined;
  /** ms, exclusive */
  readonly to?: number | undefined;
  /** Only what was known then: recorded by this time and not yet superseded. Without it all versions. */
  readonly knownAt?: number | undefined;
  readonly after?: MeasurementPlace | undefined;
  readonly limit: number;
}

const COLUMNS = `m.identity::text AS identity, m.version, m.code,
  (extract(epoch FROM m.effective_at) * 1000)::float8 AS "effectiveAt",
  (extract(epoch FROM m.received_at) * 1000)::float8 AS "receivedAt",
  (extract(epoch FROM m.recorded_at) * 1000)::float8 AS "recordedAt",
  m.value, m.comparator, coalesce(m.series_exact, m.series::text::float8[]) AS series,
  coalesce(m.period_exact, m.period_ms::text::float8) AS "periodMs", m.channel, coalesce(j.quality, m.judged_quality, m.quality) AS quality,
  coalesce(j.reasons, m.judged_reasons, m.quality_reasons) AS "qualityReasons", m.origin,
  m.retracted, s.source, s.device`;

/** The judgement of a row that was the newest by a time (parameter, ms; null: now), where it was judged again after it was stored. */
function judgedBy(knownAt: string): string {
  return `LEFT JOIN LATERAL (
       SELECT quality, reasons FROM measurement_judgements
       WHERE tenant = m.tenant AND twin = m.twin AND code = m.code AND effective_at = m.effective_at AND identity = m.identity
         AND version = m.version AND (${knownAt}::float8 IS NULL OR recorded_at <= to_timestamp(${knownAt}::float8 / 1000))
       ORDER BY recorded_at DESC LIMIT 1) j ON TRUE`;
}

/**
 * Page of a twin's history in the order (effective time, code, identity, version). Each measure is read along the primary key and the
 * few are merged, so a page costs the same however long the history is.
 */
export async function listMeasurements(
  pool: Pool,
  tenant: number,
  twin: string,
  filter: MeasurementFilter,
): Promise<readonly MeasurementRow[]> {
  const { rows } = await pool.query<MeasurementRow>(
    `SELECT ${COLUMNS}, (m.superseded_at IS NOT NULL AND ($6::float8 IS NULL OR m.superseded_at <= to_timestamp($6 / 1000))) AS superseded
     FROM unnest($3::int2[]) AS c (code), LATERAL (
       SELECT * FROM measurements
       WHERE tenant = $1 AND twin = $2 AND code = c.code
         AND effective_at >= coalesce(to_timestamp(greatest($4::float8, $7::float8) / 1000), '-infinity')
         AND effective_at < coalesce(to_timestamp($5::float8 / 1000), 'infinity')
         AND ($7::float8 IS NULL OR (effective_at, code, identity, version) > (to_timestamp($7 / 1000), $8::int2, $9::uuid, $10::int4))
         AND ($6::float8 IS NULL OR (recorded_at <= to_timestamp($6 / 1000) AND NOT retracted
           AND (superseded_at IS NULL OR superseded_at > to_timestamp($6 / 1000))))
       ORDER BY effective_at, identity, version LIMIT $11) m
     JOIN sources s ON s.tenant = $1 AND s.key = m.source
     ${judgedBy('$6')}
     ORDER BY m.effective_at, m.code, m.identity, m.version LIMIT $11`,
    [
      tenant,
      twin,
      filter.codes,
      filter.from ?? null,
      filter.to ?? null,
      filter.knownAt ?? null,
      filter.after?.effectiveAt ?? null,
      filter.after?.code ?? null,
      filter.after?.identity ?? null,
      filter.after?.version ?? null,
      filter.limit,
    ],
  );
  return rows;
}

/** The newest value of each measure that was true by `at`, as known at `knownAt` (ms). */
export async function newestMeasurements(
  pool: Pool,
  tenant: number,
  twin: string,
  codes: readonly number[],
  at: number,
  knownAt: number,
): Promise<readonly MeasurementRow[]> {
  const { rows } = await pool.query<MeasurementRow>(
    `SELECT ${COLUMNS}, FALSE AS superseded
     FROM unnest($3::int2[]) AS c (code), LATERAL (
       SELECT * FROM measurements
       WHERE tenant = $1 AND twin = $2 AND code = c.code AND effective_at <= to_timestamp($4::float8 / 1000)
         AND recorded_at <= to_timestamp($5::float8 / 1000) AND NOT retracted
         AND (superseded_at IS NULL OR superseded_at > to_timestamp($5::float8 / 1000))
       ORDER BY effective_at DESC, identity DESC, version DESC LIMIT 1) m
     JOIN sources s ON s.tenant = $1 AND s.key = m.source
     ${judgedBy('$5')}
     ORDER BY m.code`,
    [tenant, twin, codes, at, knownAt],
  );
  return rows;
}
