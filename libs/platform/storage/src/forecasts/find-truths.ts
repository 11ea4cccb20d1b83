import type { Pool, PoolClient } from 'pg';
import { nearest } from '#libs/domain/ledger';
import { plainArray } from '../postgres/pg-arrays.js';

/** What a point of a forecast is about: a measure (catalogue number) of a twin at a time, ms. */
export interface Target {
  readonly tenant: number;
  readonly twin: string;
  readonly code: number;
  readonly t: number;
  readonly toleranceMs: number;
}

/** The measurement that a point is scored with; `t` effective time, ms. */
export interface FoundTruth {
  readonly t: number;
  readonly x: number;
  readonly version: number;
  readonly identity: string;
}

/** How a row is judged, as known at $6 (ms; null: now). */
const JUDGED = `coalesce((SELECT j.quality FROM measurement_judgements j
  WHERE j.tenant = m.tenant AND j.twin = m.twin AND j.code = m.code AND j.effective_at = m.effective_at AND j.identity = m.identity
    AND j.version = m.version AND ($6::float8 IS NULL OR j.recorded_at <= to_timestamp($6 / 1000))
  ORDER BY j.recorded_at DESC LIMIT 1), m.judged_quality, m.quality)`;

/** The nearest usable row on one side of u.t. */
function side(comparison: string, order: string): string {
  return `(SELECT effective_at, value, version, identity FROM measurements m
    WHERE m.tenant = u.tenant AND m.twin = u.twin AND m.code = u.code AND m.effective_at ${comparison}
      AND m.value IS NOT NULL AND m.comparator IS NULL AND NOT m.retracted
      AND CASE WHEN $6::float8 IS NULL THEN m.superseded_at IS NULL ELSE m.recorded_at <= to_timestamp($6 / 1000)
        AND (m.superseded_at IS NULL OR m.superseded_at > to_timestamp($6 / 1000)) END
      AND ${JUDGED} < 2
    ORDER BY m.effective_at ${order}, m.identity LIMIT 1)`;
}

const FIND = `SELECT u.ord::int AS ord, (extract(epoch FROM f.effective_at) * 1000)::float8 AS t, f.value AS x, f.version::int AS version,
    f.identity::text AS identity
  FROM unnest($1::int4[], $2::int8[], $3::int2[], $4::float8[], $5::float8[]) WITH ORDINALITY AS u (tenant, twin, code, t, tolerance, ord),
    LATERAL (
      ${side('BETWEEN to_timestamp((u.t - u.tolerance) / 1000) AND to_timestamp(u.t / 1000)', 'DESC')}
      UNION ALL
      ${side('BETWEEN to_timestamp(u.t / 1000) AND to_timestamp((u.t + u.tolerance) / 1000)', 'ASC')}) f`;

/**
 * For each target the measurement nearest to its time within the tolerance, quality good or doubtful, in the version that is valid now, or was at `knownAt` (ms); undefined where
 * there is none. Two looks along the primary key each.
 */
export async function findTruths(
  db: Pool | PoolClient,
  targets: readonly Target[],
  knownAt: number | undefined,
): Promise<readonly (FoundTruth | undefined)[]> {
  if (targets.length === 0) return [];
  const { rows } = await db.query<FoundTruth & { readonly ord: number }>({
    name: 'forecast-truths',
    text: FIND,
    values: [
      plainArray(targets.map(({ tenant }) => tenant)),
      plainArray(targets.map(({ twin }) => twin)),
      plainArray(targets.map(({ code }) => code)),
      plainArray(targets.map(({ t }) => t)),
      plainArray(targets.map(({ toleranceMs }) => toleranceMs)),
      knownAt ?? null,
    ],
  });
  const found = Map.groupBy(rows, ({ ord }) => ord - 1);
  return targets.map(({ t, toleranceMs }, i) => {
    const best = nearest(found.get(i) ?? [], t, toleranceMs);
    return best === undefined ? undefined : { t: best.t, x: best.x, version: best.version, identity: best.identity };
  });
}
