import type { Pool } from 'pg';
import type { Comparator } from '#libs/contracts';

/** A value of one measure as a chart shows it. */
export interface ValueInOrder {
  /** Effective time, ms. */
  readonly t: number;
  readonly x: number;
  /** 0 good, 1 doubtful, 2 bad; as judged together with adjacent values, by what was known then */
  readonly quality: 0 | 1 | 2;
  /** Why it is not good. */
  readonly reasons: readonly string[] | null;
  readonly comparator: Comparator | null;
  readonly source: string;
}

interface Row extends ValueInOrder {
  readonly identity: string;
  readonly version: number;
}

/** Whose values, and of which time (ms, `to` exclusive), as known at `knownAt`. */
export interface ValuesAsked {
  readonly tenant: number;
  readonly twin: string;
  /** Catalogue number. */
  readonly code: number;
  readonly from: number;
  readonly to: number;
  readonly knownAt: number;
}

const ROWS_AT_ONCE = 5_000;

/**
 * Every value of a measure in the order of effective time, some at a time along the primary key: nothing stays open in the database
 * between two pages, and what was known at a time does not change meanwhile.
 */
export async function* valuesInOrder(
  pool: Pool,
  { tenant, twin, code, from, to, knownAt }: ValuesAsked,
): AsyncGenerator<readonly ValueInOrder[]> {
  let after: readonly [number, string, number] | undefined;
  for (;;) {
    const { rows } = await pool.query<Row>({
      name: 'values-in-order',
      text: `SELECT (extract(epoch FROM m.effective_at) * 1000)::float8 AS t, m.value AS x, m.comparator, s.source,
          coalesce(j.quality, m.judged_quality, m.quality) AS quality,
          coalesce(j.reasons, m.judged_reasons, m.quality_reasons) AS reasons, m.identity::text AS identity, m.version
        FROM (
          SELECT * FROM measurements
          WHERE tenant = $1 AND twin = $2 AND code = $3
            AND effective_at >= to_timestamp(greatest($4::float8, $7::float8) / 1000) AND effective_at < to_timestamp($5::float8 / 1000)
            AND ($7::float8 IS NULL OR (effective_at, identity, version) > (to_timestamp($7 / 1000), $8::uuid, $9::int4))
            AND recorded_at <= to_timestamp($6::float8 / 1000) AND NOT retracted AND value IS NOT NULL
            AND (superseded_at IS NULL OR superseded_at > to_timestamp($6::float8 / 1000))
          ORDER BY effective_at, identity, version LIMIT $10) m
        JOIN sources s ON s.tenant = $1 AND s.key = m.source
        LEFT JOIN LATERAL (
          SELECT quality, reasons FROM measurement_judgements
          WHERE tenant = m.tenant AND twin = m.twin AND code = m.code AND effective_at = m.effective_at AND identity = m.identity
            AND version = m.version AND recorded_at <= to_timestamp($6::float8 / 1000)
          ORDER BY recorded_at DESC LIMIT 1) j ON TRUE
        ORDER BY m.effective_at, m.identity, m.version`,
      values: [tenant, twin, code, from, to, knownAt, ...(after ?? [null, null, null]), ROWS_AT_ONCE],
    });
    yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_AT_ONCE) return;
    after = [last.t, last.identity, last.version];
  }
}
