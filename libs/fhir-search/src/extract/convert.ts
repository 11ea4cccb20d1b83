import type { SearchParameterType } from '../values/search-parameter.js';
import { DATE_VALUES } from './date-values.js';
import { NUMBER_VALUES, QUANTITY_VALUES } from './quantity-values.js';
import { REFERENCE_VALUES } from './reference-values.js';
import { familyName, STRING_VALUES, URI_VALUES } from './string-values.js';
import { TOKEN_VALUES } from './token-values.js';
import type { Convert } from './value-collector.js';

const byType: Readonly<Partial<Record<SearchParameterType, Readonly<Record<string, Convert>>>>> = {
  token: TOKEN_VALUES,
  string: STRING_VALUES,
  date: DATE_VALUES,
  number: NUMBER_VALUES,
  quantity: QUANTITY_VALUES,
  reference: REFERENCE_VALUES,
  uri: URI_VALUES,
};

/**
 * How an element of a type is indexed for a parameter of a type; undefined where R4 gives it no meaning (a token of a Range).
 * @param parameter of which `family` is the only one with a meaning of its own
 */
export function converterFor(
  parameterType: SearchParameterType,
  elementType: string,
  parameter: string,
): Convert | undefined {
  if (parameter === 'family' && elementType === 'string') return familyName;
  const converters = byType[parameterType];
  return converters !== undefined && Object.hasOwn(converters, elementType) ? converters[elementType] : undefined;
}
