import type { Pool } from 'pg';
import { TREND_PARTS, type TrendPoint } from '#libs/domain/quantities';
import { plainArray } from '../postgres/pg-arrays.js';

/** A measure (catalogue number) with how far back it is looked at, ms. */
export interface TrendWindow {
  readonly code: number;
  readonly windowMs: number;
}

/** A value that is dated ahead of us belongs to the newest part, ms. */
const AHEAD_MS = 60_000;

/**
 * The newest measured value of each part of a window that ends at `at` (ms), by twin and measure: what {@link trendOfPoints} is given. One step
 * along the primary key for each, however many values there are between. Bad values and mere bounds (`<40`) are left out.
 */
export async function trendPoints(
  pool: Pool,
  tenant: number,
  twins: readonly string[],
  windows: readonly TrendWindow[],
  at: number,
): Promise<ReadonlyMap<string, ReadonlyMap<number, readonly TrendPoint[]>>> {
  const found = new Map<string, Map<number, TrendPoint[]>>();
  if (twins.length === 0) return found;
  const { rows } = await pool.query<{ twin: string; code: number; t: number; x: number }>({
    text: `SELECT u.twin::text AS twin, c.code, (extract(epoch FROM m.effective_at) * 1000)::float8 AS t, m.value AS x
      FROM unnest($2::int8[]) AS u (twin), unnest($3::int2[], $4::float8[]) AS c (code, part_ms), generate_series(0, ${TREND_PARTS - 1}) AS p (n), LATERAL (
        SELECT effective_at, value FROM measurements
        WHERE tenant = $1 AND twin = u.twin AND code = c.code
          AND effective_at > to_timestamp(($5 - (p.n + 1) * c.part_ms) / 1000)
          AND effective_at <= to_timestamp(($5 - p.n * c.part_ms + CASE WHEN p.n = 0 THEN ${AHEAD_MS} ELSE 0 END) / 1000)
          AND value IS NOT NULL AND comparator IS NULL AND coalesce(judged_quality, quality) < 2 AND NOT retracted AND superseded_at IS NULL
        ORDER BY effective_at DESC LIMIT 1) m`,
    values: [
      tenant,
      plainArray(twins),
      plainArray(windows.map(({ code }) => code)),
      plainArray(windows.map(({ windowMs }) => windowMs / TREND_PARTS)),
      at,
    ],
  });
  for (const { twin, code, t, x } of rows) {
    const ofTwin = found.get(twin) ?? new Map<number, TrendPoint[]>();
    found.set(twin, ofTwin);
    ofTwin.set(code, [...(ofTwin.get(code) ?? []), { t, x }]);
  }
  return found;
}
