import { RESOURCE_TYPES } from '#libs/domain/fhir';
import type { ReferenceValue, TokenValue } from '#libs/fhir-search';
import { keyOf, pair, referenceKey, type Key, type Place } from '../search-index/hash-keys.js';

/** The key that every resource has which the value finds. */
export function tokenKey(place: Place, parameter: string, { system, code }: TokenValue): Key {
  if (system === undefined) return keyOf(place, 'code', parameter, code ?? '');
  return code === undefined
    ? keyOf(place, 'system', parameter, system)
    : keyOf(place, 'token', parameter, pair(system, code));
}

/** Keys of which every resource has one which the value finds. */
export function referenceValueKeys(place: Place, parameter: string, value: ReferenceValue): Key[] {
  switch (value.kind) {
    case 'local': {
      // What a resource refers to is of any type, whatever the definition of the parameter says.
      const types = value.type === undefined ? RESOURCE_TYPES : [value.type];
      return types.map((type) => referenceKey(place, parameter, { type, id: value.id }));
    }
    case 'url':
      return [keyOf(place, 'url', parameter, value.url)];
    case 'identifier': {
      const { system, code } = value.token;
      if (system === undefined) return [keyOf(place, 'identifier-value', parameter, code ?? '')];
      return code === undefined
        ? [keyOf(place, 'identifier-system', parameter, system)]
        : [keyOf(place, 'identifier', parameter, pair(system, code))];
    }
  }
}
