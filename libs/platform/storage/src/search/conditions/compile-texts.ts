import { escapeLike } from './compile-ranges.js';
import { parameterNumber } from '../../search-index/hash-keys.js';
import { parametersFor, typeCode } from '../../search-index/search-scheme.js';
import type { Scope } from '../scope.js';

/** Texts that resources share lead to keys, and the keys to the resources. */
export function textsSql(
  scope: Scope,
  parameter: string,
  asked: { readonly match: 'contains' | 'below'; readonly values: readonly string[] },
): string {
  return `${scope.alias}.keys && ${textKeysSql(scope, parameter, asked)}`;
}

export function textKeysSql(
  { tenant, type, parameters }: Scope,
  parameter: string,
  { match, values }: { readonly match: 'contains' | 'below'; readonly values: readonly string[] },
): string {
  const numbers = parametersFor(type, parameter).map(parameterNumber);
  const parts = values.map((value) => {
    const inside = value.endsWith('/') ? value : `${value}/`;
    return match === 'contains'
      ? `d.text LIKE ${parameters.add(`%${escapeLike(value)}%`, 'text')}`
      : `d.text = ${parameters.add(value, 'text')} OR d.text LIKE ${parameters.add(`${escapeLike(inside)}%`, 'text')}`;
  });
  return `ARRAY(SELECT d.key FROM fhir_search_texts d
    WHERE d.tenant = ${parameters.add(tenant, 'int')} AND d.type = ${parameters.add(typeCode(type), 'int2')}
      AND d.parameter = ANY (${parameters.add(numbers, 'int[]')}) AND (${parts.join(' OR ') || 'false'}))`;
}
