import type { Pool, PoolClient } from 'pg';
import type { Issue } from '#libs/domain/fhir';
import type { SearchQuery } from '#libs/fhir-search';
import { SearchRefusedError, type Queries, type SearchAccess, type SearchPage } from '#libs/fhir-rest';
import { compilePage, compileTotal } from './compile-page.js';
import { cursorOf } from './cursor.js';
import type { FirstPage } from './first-page.js';
import { includedBy } from './includes.js';
import { notIndexed } from '../search-index/due.js';
import { toStored, type Row } from '../fhir/fhir-row.js';
import { countDerived, derivedPart, derivedStreams, type DerivedPart } from '../derived/derived-part.js';
import { readJoinedCursor } from '../derived/joined-cursor.js';
import { joinedPage, type IndexedMatches, type JoinedPage } from '../derived/joined-page.js';
import type { ForecastSource } from '../forecast-resources/forecast-values.js';
import { inTransaction } from '../postgres/in-transaction.js';

/** Longest statement of a search. */
export const MAX_SEARCH_MS = 20_000;
/** One moment for the page, its total and what is included. Code that is compiled for one search costs more than it saves. */
export const BEGIN_SEARCH = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = ${MAX_SEARCH_MS}; SET LOCAL jit = off`;
/** An estimate is exact up to here, and absent above. */
const MAX_COUNTED = 1_000;
/** Measurements, and twins with forecasts, that are looked at to count those that match; beyond there is no total. */
const MAX_DERIVED = { asked: 20_000, estimated: 1_000, estimatedOfAll: 200 };
const QUERY_CANCELED = '57014';

/** @throws SearchRefusedError */
export function searchPage(
  pool: Pool,
  tenant: number,
  queries: Queries,
  access: SearchAccess,
  sources: readonly ForecastSource[],
): Promise<SearchPage> {
  return orTooCostly(() =>
    inTransaction(pool, (client) => searchPageWithin(client, tenant, queries, access, sources), BEGIN_SEARCH),
  );
}

/** The result of the work; a refusal where the database ended it because it took too long. */
export async function orTooCostly<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if ((error as { code?: unknown }).code !== QUERY_CANCELED) throw error;
    throw new SearchRefusedError('too-costly', 'this search takes too long: add conditions that leave less to look at');
  }
}

/** A search within a transaction: it sees what that has written. @throws SearchRefusedError */
export async function searchPageWithin(
  client: PoolClient,
  tenant: number,
  queries: Queries,
  access: SearchAccess,
  sources: readonly ForecastSource[],
): Promise<SearchPage> {
  const [first] = queries;
  const types = queries.map(({ type }) => type);
  const derived = await derivedPart(client, tenant, queries, access, sources);
  const [page, due] = await Promise.all([
    isCountOnly(first) ? undefined : pageOf(client, tenant, queries, access, derived),
    notIndexed(client, tenant, types),
  ]);
  const warnings: Issue[] = [...due.map(beingIndexed), ...derived.issues];
  const found = page ?? { matches: [], next: undefined };
  const included = await includedBy(client, tenant, { queries, visible: access.included, matches: found.matches });
  if (included.isCut) warnings.push(CUT);
  // Matches that are all on the first page need not be counted again.
  const isAll = page !== undefined && first.cursor === undefined && page.next === undefined;
  const total = isAll ? page.matches.length : await totalOf(client, tenant, queries, access, derived);
  return {
    matches: found.matches,
    included: included.resources,
    ...(total === undefined ? {} : { total }),
    ...(found.next === undefined ? {} : { next: found.next }),
    warnings,
  };
}

type PageRow = { [key: `k${number}`]: string } & { [Column in keyof Row]: Row[Column] | null };

async function pageOf(
  client: PoolClient,
  tenant: number,
  queries: Queries,
  access: SearchAccess,
  part: DerivedPart,
): Promise<JoinedPage> {
  const [{ count, cursor }] = queries;
  if (part.measured === undefined && part.forecasts === undefined) {
    const { matches, more } = await indexedMatches(client, tenant, queries, access);
    return {
      matches: matches.flatMap(({ resource }) => resource ?? []),
      next: more ? matches.at(-1)?.cursor : undefined,
    };
  }
  const begun = readJoinedCursor(cursor);
  const indexed =
    begun.indexed === null
      ? { matches: [], more: false }
      : await indexedMatches(client, tenant, beginningAt(queries, begun.indexed), access);
  const derived = derivedStreams(client, tenant, part, begun, count);
  return joinedPage(begun, indexed, derived, { order: part.order, count });
}

function beginningAt(queries: Queries, cursor: string | undefined): Queries {
  const [first, ...rest] = queries.map((query) => {
    const { cursor: _, ...others } = query;
    return cursor === undefined ? others : { ...others, cursor };
  });
  return [first!, ...rest];
}

async function indexedMatches(
  client: PoolClient,
  tenant: number,
  queries: Queries,
  access: SearchAccess,
): Promise<IndexedMatches> {
  const { text, values, keys, ...begun } = compilePage(tenant, queries, access.found);
  const { rows } = await client.query<PageRow & Partial<Nullable<FirstPage>>>(text, [...values]);
  const [{ count }] = queries;
  const first = begun.first ?? firstPageOf(rows[0]);
  const matches = rows.slice(0, count).map((row) => ({
    // Software before the index deletes without it.
    resource: row.id === null ? null : toStored(row as Row),
    cursor: cursorOf({
      values: Array.from({ length: keys }, (_, at) => row[`k${at}`] ?? ''),
      ...(first === undefined ? {} : { first }),
    }),
    key: row.k0 ?? '',
  }));
  return { matches, more: rows.length > count };
}

type Nullable<T> = { [Key in keyof T]: T[Key] | null };

function firstPageOf(row: Partial<Nullable<FirstPage>> | undefined): FirstPage | undefined {
  const { snapshot, at } = row ?? {};
  return snapshot == null || at == null ? undefined : { snapshot, at };
}

/** undefined where it is not asked for, or would take longer than it is worth. */
async function totalOf(
  client: PoolClient,
  tenant: number,
  queries: Queries,
  access: SearchAccess,
  part: DerivedPart,
): Promise<number | undefined> {
  const [first] = queries;
  if (first.total === 'none' && !isCountOnly(first)) return undefined;
  const limit = first.total === 'estimate' && !isCountOnly(first) ? MAX_COUNTED : undefined;
  const { text, values } = compileTotal(tenant, queries, access.found, limit);
  const { rows } = await client.query<{ total: number }>(text, [...values]);
  // Enough already: what is derived need not be counted.
  if (limit !== undefined && (rows[0]?.total ?? 0) > limit) return undefined;
  const estimated = part.measured?.counted.of.kind === 'all' ? MAX_DERIVED.estimatedOfAll : MAX_DERIVED.estimated;
  const maxRows = limit === undefined ? MAX_DERIVED.asked : estimated;
  const derived = await countDerived(client, tenant, part, maxRows);
  if (derived === undefined) return undefined;
  const total = (rows[0]?.total ?? 0) + derived;
  return limit !== undefined && total > limit ? undefined : total;
}

function isCountOnly({ count, summary }: SearchQuery): boolean {
  return count === 0 || summary === 'count';
}

const CUT: Issue = {
  severity: 'warning',
  code: 'too-costly',
  diagnostics: 'not all of what _include and _revinclude name is in this page: the limit of 1000 was reached',
};

function beingIndexed(type: string): Issue {
  return {
    severity: 'warning',
    code: 'incomplete',
    diagnostics: `resources of type ${type} that were stored by an earlier version are still being indexed: they are not found yet`,
  };
}
