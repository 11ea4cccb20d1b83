import { SearchRefusedError } from '#libs/fhir-rest';
import { isFirstPage, type FirstPage } from './first-page.js';
import type { OrderKey } from './sort-order.js';
import type { Parameters } from './statement.js';

const MAX_LENGTH = 8000;

export interface Cursor {
  /** Of the order's keys, of the last resource of the page. */
  readonly values: readonly string[];
  /** Of a search by `_lastUpdated`. */
  readonly first?: FirstPage;
}

/** Where a page ended. Clients take it as it is; whatever they send is checked. */
export function cursorOf({ values, first }: Cursor): string {
  const all = first === undefined ? values : [...values, first.snapshot, first.at];
  return Buffer.from(JSON.stringify(all)).toString('base64url');
}

/** @throws SearchRefusedError where it is no cursor of a search with this order */
export function readCursor(cursor: string, order: readonly OrderKey[]): Cursor {
  const all = parse(cursor);
  if (Array.isArray(all) && order.every(({ cast }, at) => isOf(cast, all[at]))) {
    const values = all.slice(0, order.length) as readonly string[];
    const [snapshot, at, ...more] = all.slice(order.length) as readonly unknown[];
    if (all.length === order.length) return { values };
    if (more.length === 0 && isFirstPage(snapshot, at))
      return { values, first: { snapshot: snapshot as string, at: at as string } };
  }
  throw new SearchRefusedError('value', 'the page link is damaged or is of another search', '_cursor');
}

function parse(cursor: string): unknown {
  if (cursor.length > MAX_LENGTH || !/^[\w-]+$/.test(cursor)) return undefined;
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

function isOf(cast: OrderKey['cast'], value: unknown): boolean {
  if (typeof value !== 'string') return false;
  switch (cast) {
    case 'bigint':
      return (
        /^-?\d{1,18}$/.test(value) || (/^-?\d{19}$/.test(value) && BigInt.asIntN(64, BigInt(value)) === BigInt(value))
      );
    case 'float8':
      return (
        value === '-Infinity' || value === 'Infinity' || (value.length < 40 && Number.isFinite(Number(value || 'no')))
      );
    case 'text':
      return !value.includes('\u0000');
  }
}

/** What holds for the resources behind the cursor. */
export function behindSql(order: readonly OrderKey[], cursor: readonly string[], parameters: Parameters): string {
  const places = order.map(({ cast }, at) => parameters.add(cursor[at] ?? '', cast));
  const [first] = order;
  if (order.every(({ descending }) => descending === first?.descending)) {
    const keys = order.map(({ sql }) => sql).join(', ');
    return `(${keys}) ${first?.descending === true ? '<' : '>'} (${places.join(', ')})`;
  }
  const steps = order.map(({ sql, descending }, at) => {
    const same = order.slice(0, at).map((one, before) => `${one.sql} = ${places[before]}`);
    return [...same, `${sql} ${descending ? '<' : '>'} ${places[at]}`].join(' AND ');
  });
  return `(${steps.map((step) => `(${step})`).join(' OR ')})`;
}
