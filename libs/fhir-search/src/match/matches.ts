import type { JsonObject } from '#libs/domain/fhir';
import { objectOf, textOf } from '../extract/element.js';
import type { Condition, QuantityValue, ReferenceValue, TokenValue } from '../query/search-query.js';
import { datePeriod } from '../values/date-period.js';
import type { QuantityIndex, ReferenceIndex, SearchValues, UriIndex } from '../values/search-values.js';
import { dateMatches, numberMatches } from './prefixes.js';

export type Match = 'yes' | 'no' | 'needs-store';

/**
 * Whether a resource meets all conditions, in memory: what the store's SQL must answer too. A chain and `_has` ask for other resources:
 * `needs-store`, unless another condition says no.
 */
export function matches(resource: JsonObject, values: SearchValues, conditions: readonly Condition[]): Match {
  let answer: Match = 'yes';
  for (const condition of conditions) {
    const one = matchesOne(resource, values, condition);
    if (one === 'no') return 'no';
    if (one === 'needs-store') answer = one;
  }
  return answer;
}

function matchesOne(resource: JsonObject, values: SearchValues, condition: Condition): Match {
  if (condition.kind === 'chain' || condition.kind === 'has') return 'needs-store';
  return holds(resource, values, condition) ? 'yes' : 'no';
}

function holds(
  resource: JsonObject,
  values: SearchValues,
  condition: Exclude<Condition, { readonly kind: 'chain' | 'has' }>,
): boolean {
  switch (condition.kind) {
    case 'id':
      return condition.values.some((id) => id === resource['id']) !== condition.not;
    case 'lastUpdated': {
      const period = datePeriod(textOf(objectOf(resource['meta'])?.['lastUpdated']) ?? '');
      return period !== undefined && condition.values.some((wanted) => dateMatches(period, wanted));
    }
    case 'missing':
      return isPresent(values, condition.parameter) !== condition.missing;
    case 'compartment':
      return isInCompartment(resource, values, condition.patient, condition.parameters);
    default:
      return valuesHold(values, condition);
  }
}

type ValueCondition = Extract<Condition, { readonly values: readonly unknown[]; readonly parameter: string }>;

/** Conditions on the index values alone: also those of a part of a composite. */
function valuesHold(values: SearchValues, condition: ValueCondition): boolean {
  switch (condition.kind) {
    case 'token':
      return (
        of(values.tokens, condition).some((token) => condition.values.some((one) => tokenMatches(token, one))) !==
        condition.not
      );
    case 'tokenText':
      return of(values.tokens, condition).some(({ text }) => condition.values.some((one) => text?.includes(one)));
    case 'string':
      return of(values.strings, condition).some(({ value, folded }) =>
        condition.values.some((one) =>
          condition.match === 'exact'
            ? value === one
            : condition.match === 'starts'
              ? folded.startsWith(one)
              : folded.includes(one),
        ),
      );
    case 'date':
      return anyPair(of(values.dates, condition), condition.values, dateMatches);
    case 'number':
      return anyPair(of(values.numbers, condition), condition.values, numberMatches);
    case 'quantity':
      return anyPair(of(values.quantities, condition), condition.values, quantityMatches);
    case 'reference':
      return anyPair(of(values.references, condition), condition.values, referenceMatches) !== condition.not;
    case 'uri':
      return anyPair(of(values.uris, condition), condition.values, (index, wanted) =>
        uriMatches(index, wanted, condition.match),
      );
    case 'composite':
      return anyPair(of(values.composites, condition), condition.values, ({ parts }, wanted) =>
        wanted.every((part, index) => {
          const found = parts[index];
          return found !== undefined && valuesHold(found, part as ValueCondition);
        }),
      );
  }
}

function of<Index extends { readonly parameter: string }>(
  indexes: readonly Index[],
  { parameter }: { readonly parameter: string },
): readonly Index[] {
  return indexes.filter((index) => index.parameter === parameter);
}

function anyPair<Index, Wanted>(
  indexes: readonly Index[],
  wanted: readonly Wanted[],
  isMatch: (index: Index, wanted: Wanted) => boolean,
): boolean {
  return indexes.some((index) => wanted.some((one) => isMatch(index, one)));
}

function tokenMatches(
  token: { readonly system: string; readonly code: string },
  { system, code }: TokenValue,
): boolean {
  return (system === undefined || token.system === system) && (code === undefined || token.code === code);
}

/** In the canonical unit where the request has one; else in units of the same name. */
function quantityMatches(index: QuantityIndex, wanted: QuantityValue): boolean {
  if (wanted.canonical !== undefined)
    return index.canonical?.unit === wanted.canonical && numberMatches(index.canonical, wanted);
  const { system, code } = wanted;
  if (system !== undefined && index.system !== system) return false;
  const isUnit = code === undefined || index.code === code || (system === undefined && index.unit === code);
  return isUnit && numberMatches(index, wanted);
}

function referenceMatches({ target }: ReferenceIndex, wanted: ReferenceValue): boolean {
  switch (wanted.kind) {
    case 'local':
      return (
        target.kind === 'local' && target.id === wanted.id && (wanted.type === undefined || target.type === wanted.type)
      );
    case 'url':
      return target.kind === 'url' && target.url === wanted.url;
    case 'identifier':
      return target.kind === 'identifier' && tokenMatches({ system: target.system, code: target.value }, wanted.token);
  }
}

/** `below`: what stands under the url in the hierarchy of its path, itself included; `above` the other way round. */
function uriMatches({ value }: UriIndex, wanted: string, match: 'equal' | 'below' | 'above'): boolean {
  if (value === wanted) return true;
  if (match === 'below') return value.startsWith(wanted.endsWith('/') ? wanted : `${wanted}/`);
  return match === 'above' && wanted.startsWith(value.endsWith('/') ? value : `${value}/`);
}

function isPresent(values: SearchValues, parameter: string): boolean {
  const { contained: _, ...ofParameters } = values;
  return Object.values(ofParameters).some((indexes: readonly { readonly parameter: string }[]) =>
    indexes.some((index) => index.parameter === parameter),
  );
}

/** A Patient is in its own compartment. */
function isInCompartment(
  resource: JsonObject,
  values: SearchValues,
  patient: string,
  parameters: readonly string[],
): boolean {
  if (resource['resourceType'] === 'Patient' && resource['id'] === patient) return true;
  return values.references.some(
    ({ parameter, target }) =>
      parameters.includes(parameter) && target.kind === 'local' && target.type === 'Patient' && target.id === patient,
  );
}
