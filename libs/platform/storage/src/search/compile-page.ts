import type { Queries, Visible } from '#libs/fhir-rest';
import { columnsOf } from '../fhir/fhir-row.js';
import { searchSql } from './conditions/compile-conditions.js';
import { behindSql, readCursor, type Cursor } from './cursor.js';
import { FIRST_PAGE, sinceFirstPage, type FirstPage } from './first-page.js';
import { orderOf, type OrderKey } from './sort-order.js';
import { Parameters } from './statement.js';

export interface Compiled {
  readonly text: string;
  readonly values: readonly unknown[];
  /** How many keys the order has. */
  readonly keys: number;
  /** That the page link says; the first page itself has it in its rows (`snapshot`, `at`). */
  readonly first?: FirstPage;
}

/**
 * The statement for a page: keys of the order as text (`k0`, `k1` …), and the resource, null where it has gone since it was indexed. One row
 * more than the page has, where there is one.
 */
export function compilePage(tenant: number, queries: Queries, visible: Visible): Compiled {
  const parameters = new Parameters();
  const [{ count, cursor, sort }] = queries;
  const limit = parameters.add(count + 1, 'int');
  let order: readonly OrderKey[] = [];
  let begun: Cursor | undefined;
  const isByUpdate = sort.some(({ parameter }) => parameter === '_lastUpdated');
  const parts = queries.flatMap((query) => {
    const scope = { tenant, type: query.type, alias: 's', parameters, visible };
    order = orderOf(scope, sort);
    begun = cursor === undefined ? undefined : readCursor(cursor, order);
    const part = (by: readonly OrderKey[], only: readonly string[]): string => {
      const behind = begun === undefined ? [] : [behindSql(by, begun.values, parameters)];
      const keys = by.map(({ sql }, at) => `${sql} AS k${at}`).join(', ');
      return `(SELECT ${keys}, ${parameters.add(query.type, 'text')} AS type, s.id
  FROM fhir_search s WHERE ${[searchSql(scope, query.conditions), ...behind, ...only].join('\n  AND ')}
  ORDER BY ${by.map((key, at) => `${at + 1} ${key.descending ? 'DESC' : 'ASC'}`).join(', ')} LIMIT ${limit})`;
    };
    if (!isByUpdate || begun?.first === undefined) return [part(order, [])];
    const { unchanged, changed, updated } = sinceFirstPage(scope, begun.first);
    const asOfThen = order.map((key, at) => (sort[at]?.parameter === '_lastUpdated' ? { ...key, sql: updated } : key));
    return [part(order, [unchanged]), part(asOfThen, [changed])];
  });
  const sorted = order
    .map((key, at) => `k${at}${key.cast === 'text' ? ' COLLATE "C"' : ''} ${key.descending ? 'DESC' : 'ASC'}`)
    .join(', ');
  const isFirst = isByUpdate && begun === undefined;
  const text = `SELECT ${order.map((_, at) => `p.k${at}::text AS k${at}`).join(', ')},${isFirst ? ` ${FIRST_PAGE},` : ''}
  ${columnsOf('r')}
FROM (SELECT * FROM (${parts.join('\nUNION ALL ')}) AS q ORDER BY ${sorted} LIMIT ${limit}) AS p
LEFT JOIN fhir_resources r ON r.tenant = ${parameters.add(tenant, 'int')} AND r.type = p.type AND r.id = p.id AND NOT r.deleted
ORDER BY ${sorted.replaceAll(/\bk(\d+)/g, 'p.k$1')}`;
  return {
    text,
    values: parameters.values,
    keys: order.length,
    ...(begun?.first === undefined ? {} : { first: begun.first }),
  };
}

/** The statement for the number of all matches. @param limit where it may stop counting: one more than this is more than this */
export function compileTotal(
  tenant: number,
  queries: Queries,
  visible: Visible,
  limit?: number,
): Omit<Compiled, 'keys' | 'first'> {
  const parameters = new Parameters();
  const end = limit === undefined ? '' : ` LIMIT ${parameters.add(limit + 1, 'int')}`;
  const parts = queries.map((query) => {
    const scope = { tenant, type: query.type, alias: 's', parameters, visible };
    return `SELECT count(*) AS n FROM (SELECT FROM fhir_search s WHERE ${searchSql(scope, query.conditions)}${end}) AS found`;
  });
  return {
    text: `SELECT sum(n)::float8 AS total FROM (${parts.join('\nUNION ALL ')}) AS counted`,
    values: parameters.values,
  };
}
