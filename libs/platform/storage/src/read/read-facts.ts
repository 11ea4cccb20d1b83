import type { Pool } from 'pg';

export interface FactRow {
  readonly kind: string;
  readonly reference: string;
  readonly version: number;
  readonly content: Readonly<Record<string, unknown>>;
  /** ms; null when the source gave none */
  readonly from: number | null;
  readonly to: number | null;
}

/** Maximum facts of a twin that one answer holds. */
const MAX_FACTS = 1_000;

/** A twin's facts as known at `knownAt` that had begun by `at` (ms). */
export async function factsAt(
  pool: Pool,
  tenant: number,
  twin: string,
  at: number,
  knownAt: number,
): Promise<readonly FactRow[]> {
  const { rows } = await pool.query<FactRow>(
    `SELECT kind, reference, version, content, (extract(epoch FROM effective_from) * 1000)::float8 AS "from",
       (extract(epoch FROM effective_to) * 1000)::float8 AS "to"
     FROM facts WHERE tenant = $1 AND twin = $2 AND NOT retracted
       AND (effective_from IS NULL OR effective_from <= to_timestamp($3::float8 / 1000))
       AND recorded_at <= to_timestamp($4::float8 / 1000)
       AND (superseded_at IS NULL OR superseded_at > to_timestamp($4::float8 / 1000))
     ORDER BY reference, kind LIMIT ${MAX_FACTS}`,
    [tenant, twin, at, knownAt],
  );
  return rows;
}
