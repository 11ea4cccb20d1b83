import type { Pool, PoolClient } from 'pg';
import { nearest } from '#libs/domain/ledger';
import { plainArray } from '../postgres/pg-arrays.js';
import { findOutcomes } from './find-outcomes.js';
import type { FoundTruth, Target } from './truth.js';
import { usable } from './usable-measurements.js';

/** The nearest usable row on one side of u.t. */
function side(comparison: string, order: string): string {
  return `(SELECT effective_at, value, version, identity FROM measurements m
    WHERE m.tenant = u.tenant AND m.twin = u.twin AND m.code = u.code AND m.effective_at ${comparison}
      AND ${usable('$6', 'u.tolerance')}
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
 * For each target what came: of an outcome what measurements come to, of a measure the measurement nearest to its time within the tolerance, quality good or doubtful, in the version that is valid now, or was at `knownAt` (ms); undefined where
 * there is none. Two looks along the primary key each.
 */
export async function findTruths(
  db: Pool | PoolClient,
  targets: readonly Target[],
  knownAt: number | undefined,
): Promise<readonly (FoundTruth | undefined)[]> {
  const outcomes = await findOutcomes(db, targets, knownAt);
  const measured = targets.filter(({ outcome }) => outcome === undefined);
  const nearby = await findMeasured(db, measured, knownAt);
  let next = 0;
  return targets.map((target) => (target.outcome === undefined ? nearby[next++] : outcomes.get(target)));
}

async function findMeasured(
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
