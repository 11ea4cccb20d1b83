import type { Queries, Visible } from '#libs/fhir-rest';
import { columnsOf } from '../fhir/fhir-row.js';
import { searchSql } from './compile-conditions.js';
import { behindSql, readCursor } from './cursor.js';
import { orderOf, type OrderKey } from './sort-order.js';
import { Parameters } from './statement.js';

export interface Compiled {
  readonly text: string;
  readonly values: readonly unknown[];
  /** How many keys the order has. */
  readonly keys: number;
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
  const parts = queries.map((query) => {
    const scope = { tenant, type: query.type, alias: 's', parameters, visible };
    order = orderOf(scope, sort);
    const behind = cursor === undefined ? '' : `\n  AND ${behindSql(order, readCursor(cursor, order), parameters)}`;
    const keys = order.map(({ sql }, at) => `${sql} AS k${at}`).join(', ');
    return `(SELECT ${keys}, ${parameters.add(query.type, 'text')} AS type, s.id
  FROM fhir_search s WHERE ${searchSql(scope, query.conditions)}${behind}
  ORDER BY ${order.map((key, at) => `${at + 1} ${key.descending ? 'DESC' : 'ASC'}`).join(', ')} LIMIT ${limit})`;
  });
  const sorted = order
    .map((key, at) => `k${at}${key.cast === 'text' ? ' COLLATE "C"' : ''} ${key.descending ? 'DESC' : 'ASC'}`)
    .join(', ');
  const text = `SELECT ${order.map((_, at) => `p.k${at}::text AS k${at}`).join(', ')},
  ${columnsOf('r')}
FROM (SELECT * FROM (${parts.join('\nUNION ALL ')}) AS q ORDER BY ${sorted} LIMIT ${limit}) AS p
LEFT JOIN fhir_resources r ON r.tenant = ${parameters.add(tenant, 'int')} AND r.type = p.type AND r.id = p.id AND NOT r.deleted
ORDER BY ${sorted.replaceAll(/\bk(\d+)/g, 'p.k$1')}`;
  return { text, values: parameters.values, keys: order.length };
}

/** The statement for the number of all matches. @param limit where it may stop counting: one more than this is more than this */
export function compileTotal(
  tenant: number,
  queries: Queries,
  visible: Visible,
  limit?: number,
): Omit<Compiled, 'keys'> {
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
