import type { Condition, DateValue, NumberValue, QuantityValue } from '#libs/fhir-search';
import { keyOf, pair, parameterNumber, type Place } from '../../search-index/hash-keys.js';
import { NO_DATE } from '../../search-index/index-row.js';
import { bitOf, parametersFor } from '../../search-index/search-scheme.js';
import { rowsCode, type Scope } from '../scope.js';
import type { Parameters } from '../statement.js';

export type RangeCondition = Extract<Condition, { kind: 'string' | 'date' | 'number' | 'quantity' }>;

/** Columns of a period or range, and how a number of the request is written beside them. */
interface Columns {
  readonly low: string;
  readonly high: string;
  readonly at: (value: number) => string;
}

/** A resource that has a row of the parameter for which one of the values holds. */
export function rangesSql(scope: Scope, condition: RangeCondition): string {
  return `${scope.alias}.seq IN (${rowsSql(scope, condition)})`;
}

function rowsSql(scope: Scope, condition: RangeCondition, ofRow = ''): string {
  const { tenant, type, parameters } = scope;
  const numbers = parametersFor(type, condition.parameter).map(parameterNumber);
  const [only, another] = numbers;
  const parameter =
    only !== undefined && another === undefined
      ? `= ${parameters.add(only, 'int')}`
      : `= ANY (${parameters.add(numbers, 'int[]')})`;
  return `SELECT x.seq FROM fhir_search_values x
    WHERE x.tenant = ${parameters.add(tenant, 'int')} AND x.type = ${parameters.add(rowsCode(scope), 'int2')}
      AND x.parameter ${parameter} ${ofRow} AND (${valueSql({ tenant, type }, condition, 'x', parameters)})`;
}

/** What must hold for a row of fhir_search_values. */
export function valueSql(place: Place, condition: RangeCondition, row: string, parameters: Parameters): string {
  return alternatives(condition, {
    string: (value, match) =>
      match === 'exact'
        ? `${row}.keys && ${parameters.keys([keyOf(place, 'string', condition.parameter, value)])}`
        : `${row}.text LIKE ${parameters.add(`${match === 'contains' ? '%' : ''}${escapeLike(value)}%`, 'text')}`,
    date: (value) => periodSql(value, columnsOf(row, parameters)),
    number: (value) => numberSql(value, columnsOf(row, parameters)),
    quantity: (value) => quantitySql(place, value, row, parameters),
  });
}

function alternatives(
  condition: RangeCondition,
  sqlOf: {
    readonly string: (value: string, match: 'starts' | 'exact' | 'contains') => string;
    readonly date: (value: DateValue) => string;
    readonly number: (value: NumberValue) => string;
    readonly quantity: (value: QuantityValue) => string;
  },
): string {
  const parts = partsOf();
  return parts.length === 0 ? 'false' : parts.map((part) => `(${part})`).join(' OR ');

  function partsOf(): string[] {
    switch (condition.kind) {
      case 'string':
        return condition.values.map((value) => sqlOf.string(value, condition.match));
      case 'date':
        return condition.values.map(sqlOf.date);
      case 'number':
        return condition.values.map(sqlOf.number);
      case 'quantity':
        return condition.values.map(sqlOf.quantity);
    }
  }
}

function columnsOf(row: string, parameters: Parameters): Columns {
  return { low: `${row}.low`, high: `${row}.high`, at: (value) => parameters.add(value, 'float8') };
}

/** Letters that LIKE takes for patterns mean themselves. */
export function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`).replaceAll('\u0000', '\uFFFD');
}

/** R4 search.html#prefix on periods: of the request `from`…`to`, of the resource `low`…`high`, ends inclusive. */
function periodSql({ prefix, from, to }: DateValue, { low, high, at }: Columns): string {
  switch (prefix) {
    case 'eq':
      return `${low} >= ${at(from)} AND ${high} <= ${at(to)}`;
    case 'ne':
      return `NOT (${low} >= ${at(from)} AND ${high} <= ${at(to)})`;
    case 'gt':
      return `${high} > ${at(to)}`;
    case 'lt':
      return `${low} < ${at(from)}`;
    case 'ge':
      return `(${high} > ${at(to)} OR ${low} >= ${at(from)} AND ${high} <= ${at(to)})`;
    case 'le':
      return `(${low} < ${at(from)} OR ${low} >= ${at(from)} AND ${high} <= ${at(to)})`;
    case 'sa':
      return `${low} > ${at(to)}`;
    case 'eb':
      return `${high} < ${at(from)}`;
    case 'ap':
      return `${low} <= ${at(to)} AND ${high} >= ${at(from)}`;
  }
}

/** R4 search.html#prefix on numbers: `value` of the request and the range that its precision means, low inclusive, high exclusive. */
function numberSql({ prefix, value, low: from, high: to }: NumberValue, { low, high, at }: Columns): string {
  switch (prefix) {
    case 'eq':
      return `${low} >= ${at(from)} AND ${high} < ${at(to)}`;
    case 'ne':
      return `NOT (${low} >= ${at(from)} AND ${high} < ${at(to)})`;
    case 'gt':
      return `${high} > ${at(value)}`;
    case 'lt':
      return `${low} < ${at(value)}`;
    case 'ge':
      return `${high} >= ${at(value)}`;
    case 'le':
      return `${low} <= ${at(value)}`;
    case 'sa':
      return `${low} > ${at(value)}`;
    case 'eb':
      return `${high} < ${at(value)}`;
    case 'ap':
      return `${low} <= ${at(to)} AND ${high} >= ${at(from)}`;
  }
}

/** In the canonical unit where the request's has one; else by what the resource says, number and unit. */
function quantitySql(place: Place, value: QuantityValue, row: string, parameters: Parameters): string {
  const { system, code, canonical } = value;
  const numbers = columnsOf(row, parameters);
  if (canonical !== undefined) {
    return `${row}.unit = ${parameters.add(keyOf(place, 'unit', '', canonical), 'bigint')} AND ${numberSql(value, numbers)}`;
  }
  const sent = {
    ...numbers,
    low: `coalesce(${row}.sent_low, ${row}.low)`,
    high: `coalesce(${row}.sent_high, ${row}.high)`,
  };
  if (code === undefined) return numberSql(value, sent);
  const key = system === undefined ? keyOf(place, 'unit-code', '', code) : keyOf(place, 'unit', '', pair(system, code));
  return `${row}.keys && ${parameters.keys([key])} AND ${numberSql(value, sent)}`;
}

/**
 * The main date stands in the row itself. Where a resource has several, the row holds their outer limits, by which an index can be used, and
 * each of them is a row beside.
 */
export function mainDateSql(scope: Scope, condition: Extract<Condition, { kind: 'date' }>): string {
  const { type, alias, parameters } = scope;
  const at = (value: number): string => parameters.add(value, 'bigint');
  const columns: Columns = { low: `${alias}.date_from`, high: `${alias}.date_to`, at };
  const many = `${alias}.many & ${parameters.add(bitOf(type, condition.parameter), 'bigint')} <> 0`;
  const parts = condition.values.map((value) => {
    // Row by row: few have several, and all those of the type are not to be collected for them.
    const several = `EXISTS (${rowsSql(scope, { ...condition, values: [value] }, ` AND x.seq = ${alias}.seq`)})`;
    return `${limitsSql(value, columns)} AND CASE WHEN ${many} THEN ${several} ELSE ${periodSql(value, columns)} END`;
  });
  return `(${parts.map((part) => `(${part})`).join(' OR ')})`;
}

function limitsSql({ prefix, from, to }: DateValue, { low, high, at }: Columns): string {
  switch (prefix) {
    case 'gt':
    case 'sa':
      return `${high} > ${at(to)}`;
    case 'ge':
      return `${high} >= ${at(from)}`;
    case 'lt':
    case 'eb':
      return `${low} < ${at(from)} AND ${low} > ${at(NO_DATE)}`;
    case 'le':
      return `${low} <= ${at(to)} AND ${low} > ${at(NO_DATE)}`;
    case 'eq':
    case 'ap':
      return `${high} >= ${at(from)} AND ${low} <= ${at(to)}`;
    case 'ne':
      return `${low} > ${at(NO_DATE)}`;
  }
}

export function lastUpdatedSql({ alias, parameters }: Scope, values: readonly DateValue[]): string {
  const column = `${alias}.updated`;
  const at = (value: number): string => parameters.add(value, 'bigint');
  const parts = values.map((value) => `(${periodSql(value, { low: column, high: column, at })})`);
  return `(${parts.join(' OR ')})`;
}
