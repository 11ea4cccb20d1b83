import { searchParameters, type Condition } from '#libs/fhir-search';
import { referenceValueKeys, tokenKey } from '../asked-keys.js';
import { valueSql } from './compile-ranges.js';
import { textKeysSql } from './compile-texts.js';
import { keyOf, parameterNumber } from '../../search-index/hash-keys.js';
import { bitOf, parametersFor } from '../../search-index/search-scheme.js';
import { rowsCode, type Scope } from '../scope.js';

type Composite = Extract<Condition, { kind: 'composite' }>;

/**
 * The parts of a composite must hold for the resource, which indexes answer; and where it has several groups of values, for those of one
 * group.
 */
export function compositeSql(
  scope: Scope,
  { parameter, values }: Composite,
  all: (conditions: readonly Condition[]) => string,
): string {
  const { type, alias, parameters } = scope;
  const parts = parametersFor(type, parameter).flatMap((one) => {
    const components = searchParameters(type).get(one)?.components ?? [];
    const bit = parameters.add(bitOf(type, one), 'bigint');
    return values.map((conditions) => {
      const named = conditions.map((condition, at) => rename(condition, components[at]?.parameter));
      return `${all(named)}
  AND CASE WHEN ${alias}.many & ${bit} <> 0 THEN EXISTS (${groupSql(scope, one, named)}) ELSE ${alias}.present & ${bit} <> 0 END`;
    });
  });
  return parts.length === 0 ? 'false' : `(${parts.map((part) => `(${part})`).join(' OR ')})`;
}

function groupSql(scope: Scope, parameter: string, conditions: readonly Condition[]): string {
  const { tenant, alias, parameters } = scope;
  const rows = conditions.map((_, at) => `g${at}`);
  const holds = conditions.map(
    (
      condition,
      at,
    ) => `g${at}.tenant = ${parameters.add(tenant, 'int')} AND g${at}.type = ${parameters.add(rowsCode(scope), 'int2')}
      AND g${at}.seq = ${alias}.seq AND g${at}.composed = g0.composed
      AND g${at}.parameter = ${parameters.add(parameterNumber(`${parameter}/${at}`), 'int')}
      AND (${partSql(scope, condition, `g${at}`)})`,
  );
  return `SELECT FROM ${rows.map((row) => `fhir_search_values ${row}`).join(', ')} WHERE ${holds.join(' AND ')}`;
}

function partSql(scope: Scope, condition: Condition, row: string): string {
  switch (condition.kind) {
    case 'token': {
      const keys = condition.values.map((value) => tokenKey(scope, condition.parameter, value));
      return `${row}.keys && ${scope.parameters.keys(keys)}`;
    }
    case 'tokenText':
      return `${row}.keys && ${textKeysSql(scope, condition.parameter, { match: 'contains', values: condition.values })}`;
    case 'reference': {
      const keys = condition.values.flatMap((value) => referenceValueKeys(scope, condition.parameter, value));
      return `${row}.keys && ${scope.parameters.keys(keys)}`;
    }
    case 'uri':
      return `${row}.keys && ${scope.parameters.keys(condition.values.map((value) => keyOf(scope, 'uri', condition.parameter, value)))}`;
    case 'string':
    case 'date':
    case 'number':
    case 'quantity':
      return valueSql(scope, condition, row, scope.parameters);
    default:
      throw new Error(`a composite has no part of the kind ${condition.kind}`);
  }
}

function rename(condition: Condition, parameter: string | undefined): Condition {
  return parameter === undefined || !('parameter' in condition) ? condition : { ...condition, parameter };
}
