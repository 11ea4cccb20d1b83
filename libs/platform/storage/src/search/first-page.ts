import type { Scope } from './scope.js';

/**
 * The moment of the first page of a search by `_lastUpdated`: an update moves a resource in that order, past pages that were read or are to
 * come. Later pages have each resource where it was at that moment, with what is in it now.
 */
export interface FirstPage {
  /** As `pg_current_snapshot()` has it: what was committed then. */
  readonly snapshot: string;
  /** ms since 1970, by the clock of the database */
  readonly at: string;
}

/** Columns of the first page. None for a transaction that writes: it sees what its snapshot does not have. */
export const FIRST_PAGE = `CASE WHEN pg_current_xact_id_if_assigned() IS NULL THEN pg_current_snapshot()::text END AS snapshot,
  floor(extract(epoch FROM now()) * 1000)::bigint::text AS at`;

/** Longer than a write takes from the moment that it stamps to its commit, clocks of gateways that go wrong included, ms. */
const MARGIN_MS = 600_000;
const MAX_LENGTH = 5_000;

/** Whether what a client sent back is such a moment; what is none would be an error of the database. */
export function isFirstPage(snapshot: unknown, at: unknown): boolean {
  if (typeof snapshot !== 'string' || snapshot.length > MAX_LENGTH) return false;
  if (typeof at !== 'string' || !/^\d{1,15}$/.test(at)) return false;
  const [, from, to, running = ''] = /^(\d{1,18}):(\d{1,18}):((?:\d{1,18}(?:,\d{1,18})*)?)$/.exec(snapshot) ?? [];
  if (from === undefined || to === undefined) return false;
  const limits = [BigInt(from), ...(running === '' ? [] : running.split(',').map(BigInt))];
  if (BigInt(from) < 1n || BigInt(to) < BigInt(from)) return false;
  return limits.slice(1).every((one, n) => one < BigInt(to) && (n === 0 ? one >= limits[0]! : one > limits[n]!));
}

export interface SinceFirstPage {
  /** Resources that nobody has changed since. */
  readonly unchanged: string;
  readonly changed: string;
  /** `updated` of a changed one as it was then; of a new one as it is. */
  readonly updated: string;
}

export function sinceFirstPage({ tenant, type, alias, parameters }: Scope, first: FirstPage): SinceFirstPage {
  const snapshot = parameters.add(first.snapshot, 'pg_snapshot');
  const early = parameters.add(String(Number(first.at) - MARGIN_MS), 'bigint');
  const wasThere = (row: string): string => `pg_visible_in_snapshot(${fullXid(`${row}.xmin`)}, ${snapshot})`;
  return {
    unchanged: `(${alias}.updated < ${early} OR ${wasThere(alias)})`,
    changed: `(${alias}.updated >= ${early} AND NOT ${wasThere(alias)})`,
    // The version of then is the first of those that were put aside since.
    updated: `coalesce((SELECT floor(extract(epoch FROM v.last_updated) * 1000)::bigint FROM fhir_resource_versions v
    WHERE v.tenant = ${parameters.add(tenant, 'int')} AND v.type = ${parameters.add(type, 'text')} AND v.id = ${alias}.id
      AND NOT ${wasThere('v')} ORDER BY v.version LIMIT 1), ${alias}.updated)`,
  };
}

/** Of a row's 32 bits with the epoch, as snapshots have it. Rows are of this epoch or, where that would be in the future, of the one before. */
function fullXid(xmin: string): string {
  const top = 'pg_snapshot_xmax(pg_current_snapshot())::text::bigint';
  const full = `(((${top}) & -4294967296) | ${xmin}::text::bigint)`;
  return `(${full} - CASE WHEN ${full} > ${top} THEN 4294967296 ELSE 0 END)::text::xid8`;
}
