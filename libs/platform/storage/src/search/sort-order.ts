import { searchParameters, type SortKey } from '#libs/fhir-search';
import { SearchRefusedError } from '#libs/fhir-rest';
import { parameterNumber } from '../search-index/hash-keys.js';
import { codesOf, mainDate, parametersFor, typeCode } from '../search-index/search-scheme.js';
import type { Scope } from './scope.js';

/** What a search is sorted by; a resource without a value comes before all others. */
export interface OrderKey {
  readonly sql: string;
  /** As a cursor has it, and as the database compares it. */
  readonly cast: 'bigint' | 'float8' | 'text';
  readonly descending: boolean;
}

/** Of a text so many characters are sorted by: a cursor holds them. */
const MAX_SORTED = 100;

/** The order of a search; its last key is the number in the index, which no two resources share. */
export function orderOf(scope: Scope, sort: readonly SortKey[]): readonly OrderKey[] {
  const keys = sort.map((key) => ({ ...sqlOf(scope, key), descending: key.descending }));
  return [...keys, { sql: `${scope.alias}.seq`, cast: 'bigint', descending: keys.at(-1)?.descending ?? false }];
}

function sqlOf(scope: Scope, { parameter, type, descending }: SortKey): Pick<OrderKey, 'sql' | 'cast'> {
  const { alias } = scope;
  if (parameter === '_lastUpdated') return { sql: `${alias}.updated`, cast: 'bigint' };
  if (parameter === '_id') return { sql: `${alias}.id COLLATE "C"`, cast: 'text' };
  if (parameter === mainDate(scope.type)) return { sql: `${alias}.date_from`, cast: 'bigint' };
  switch (type) {
    case 'string':
      return {
        sql: `coalesce((${valueSql(scope, parameter, `left(min(y.text), ${MAX_SORTED})`)} AND NOT ${IS_TAIL}), '')`,
        cast: 'text',
      };
    case 'date':
    case 'number':
    case 'quantity': {
      const value = descending ? 'max(y.low)' : 'min(y.low)';
      return { sql: `coalesce((${valueSql(scope, parameter, value)}), '-Infinity')`, cast: 'float8' };
    }
    case 'token':
    case 'uri':
      if (!isShared(scope.type, parameter)) break;
      return { sql: `coalesce((${textSql(scope, parameter)}), '')`, cast: 'text' };
    default:
      break;
  }
  throw new SearchRefusedError('not-supported', `results cannot be sorted by ${parameter}`, '_sort');
}

/** A family name of several words is found by each of them on, and sorted by the whole: by no row that is the end of another. */
const IS_TAIL = `EXISTS (SELECT FROM fhir_search_values w
      WHERE w.tenant = y.tenant AND w.type = y.type AND w.seq = y.seq AND w.parameter = y.parameter
        AND length(w.text) > length(y.text) AND right(w.text, length(y.text) + 1) IN (' ' || y.text, '-' || y.text))`;

function valueSql({ tenant, type, alias, parameters }: Scope, parameter: string, value: string): string {
  const numbers = parametersFor(type, parameter).map(parameterNumber);
  return `SELECT ${value} FROM fhir_search_values y
    WHERE y.tenant = ${parameters.add(tenant, 'int')} AND y.type = ${parameters.add(typeCode(type), 'int2')}
      AND y.seq = ${alias}.seq AND y.parameter = ANY (${parameters.add(numbers, 'int[]')})`;
}

function textSql({ tenant, type, alias, parameters }: Scope, parameter: string): string {
  const numbers = parametersFor(type, parameter).flatMap((one) => [
    parameterNumber(one),
    parameterNumber(codesOf(one)),
  ]);
  return `SELECT left(min(y.text), ${MAX_SORTED}) FROM fhir_search_texts y
    WHERE y.tenant = ${parameters.add(tenant, 'int')} AND y.type = ${parameters.add(typeCode(type), 'int2')}
      AND y.parameter = ANY (${parameters.add(numbers, 'int[]')}) AND y.key = ANY (${alias}.keys)`;
}

/** Codes of value sets, displays and uris are shared by many resources; identifiers and telephone numbers are not, and have no list. */
function isShared(type: string, parameter: string): boolean {
  const expression = searchParameters(type).get(parameter)?.expression ?? '';
  return !/identifier|telecom/i.test(expression);
}
