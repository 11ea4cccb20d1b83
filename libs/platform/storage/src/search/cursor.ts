import { SearchRefusedError } from '#libs/fhir-rest';
import type { OrderKey } from './sort-order.js';
import type { Parameters } from './statement.js';

const MAX_LENGTH = 8000;

/** Where a page ended: the values of the order's keys of its last resource. Clients take it as it is; whatever they send is checked. */
export function cursorOf(values: readonly string[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** @throws SearchRefusedError where it is no cursor of a search with this order */
export function readCursor(cursor: string, order: readonly OrderKey[]): readonly string[] {
  const values = parse(cursor);
  const fits =
    Array.isArray(values) && values.length === order.length && order.every(({ cast }, at) => isOf(cast, values[at]));
  if (!fits) throw new SearchRefusedError('value', 'the page link is damaged or is of another search', '_cursor');
  return values as readonly string[];
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
