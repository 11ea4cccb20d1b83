import { isResourceType, typeRule } from '#libs/domain/fhir';
import { searchParameters } from '../definitions/search-parameters.js';
import type { SearchParameterType } from '../values/search-parameter.js';
import type { Include, SearchQuery, SortKey } from './search-query.js';
import { refuseUnknown, refuseUnsupported, refuseValue } from './search-refusal.js';

/** Keys of one sort order; each is a join of its own. */
const MAX_SORT_KEYS = 4;
const SORTABLE: ReadonlySet<SearchParameterType> = new Set(['string', 'date', 'number', 'quantity', 'token']);

const TOTALS: readonly SearchQuery['total'][] = ['none', 'estimate', 'accurate'];
const SUMMARIES: readonly SearchQuery['summary'][] = ['true', 'text', 'data', 'count', 'false'];

export function totalOf(value: string): SearchQuery['total'] {
  return TOTALS.find((one) => one === value) ?? refuseValue(`the value must be one of ${TOTALS.join(', ')}`);
}

export function summaryOf(value: string): SearchQuery['summary'] {
  return SUMMARIES.find((one) => one === value) ?? refuseValue(`the value must be one of ${SUMMARIES.join(', ')}`);
}

export function countOf(value: string, maximum: number): number {
  if (!/^\d{1,9}$/.test(value)) refuseValue('the value must be a whole number, 0 or more');
  return Math.min(Number(value), maximum);
}

/** `-date,_id`: most important first. */
export function sortOf(type: string, value: string): readonly SortKey[] {
  const keys = value.split(',').map((written): SortKey => {
    const descending = written.startsWith('-');
    const code = descending ? written.slice(1) : written;
    if (code === '')
      refuseValue('the value is parameters by which to sort, separated by commas, with - for descending');
    const parameter = searchParameters(type).get(code);
    if (parameter === undefined) refuseUnknown(`${type} has no search parameter of this name to sort by`);
    if (!SORTABLE.has(parameter.type)) refuseUnknown(`a ${parameter.type} parameter gives no order`);
    return { parameter: code, type: parameter.type, descending };
  });
  if (keys.length > MAX_SORT_KEYS) refuseValue(`at most ${MAX_SORT_KEYS} parameters to sort by are taken`);
  return keys;
}

/** Names of elements of the type at its top level; of a choice its name without a type (`value`). */
export function elementsOf(type: string, value: string): readonly string[] {
  const rule = typeRule(type);
  const known = new Set<string>();
  for (const { name, choice } of rule?.elements.values() ?? []) known.add(name).add(choice?.slice(0, -3) ?? name);
  return value.split(',').map((written) => {
    const name = written.startsWith(`${type}.`) ? written.slice(type.length + 1) : written;
    if (name === 'resourceType' || known.has(name)) return name;
    return refuseUnknown(`${type} has no such element at its top level`);
  });
}

/** `Observation:subject[:Patient]`, `Observation:*` or, forward only, `*`. */
export function includeOf(reverse: boolean, modifier: string | undefined, value: string): Include {
  if (modifier !== undefined && modifier !== 'iterate')
    refuseUnsupported('the parameter does not take this modifier; it takes :iterate');
  const iterate = modifier === 'iterate';
  if (value === '*') {
    if (reverse) refuseUnsupported('_revinclude=* is not supported: name the type that refers, as Observation:*');
    return { reverse, source: '*', parameter: '*', iterate };
  }
  const [source = '', code = '', target, more] = value.split(':', 4);
  if (source === '' || code === '' || more !== undefined || target === '')
    refuseValue('the value is written as Type:reference or Type:reference:Type');
  if (!isResourceType(source) || (target !== undefined && !isResourceType(target)))
    refuseUnknown('the value names no resource type of R4');
  const include = { reverse, source, parameter: code, iterate, ...(target === undefined ? {} : { target }) };
  if (code === '*') return include;
  const parameter = searchParameters(source).get(code);
  if (parameter?.type !== 'reference') refuseUnknown(`${source} has no reference parameter of this name`);
  if (target !== undefined && !(parameter.targets ?? []).includes(target))
    refuseUnknown(`the parameter of ${source} refers to no ${target}`);
  return include;
}
