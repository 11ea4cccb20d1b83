import { isResourceType, type Json } from '#libs/domain/fhir';
import { indexKey } from '../values/index-key.js';
import { objectOf, textOf } from './element.js';
import type { ContainedTypes } from './contained.js';
import type { Convert, ValueCollector } from './value-collector.js';
import { canonicalForms } from './string-values.js';

const LOCAL = /^([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;
const REMOTE = /^https?:\/\/.*\/([A-Z][A-Za-z]{1,63})\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[^/]+)?$/;

const url: Convert = (collector, parameter, value) => {
  const text = textOf(value) ?? '';
  if (text !== '') collector.reference(parameter, { kind: 'url', url: indexKey(text) });
};

function contained(collector: ValueCollector, parameter: string, id: string): void {
  const type = collector.contained.get(id);
  if (type !== undefined) collector.reference(parameter, { kind: 'contained', type, id });
}

/** Elements as references (R4 search.html#reference), by their type. A contained resource (`#x`) is found by chains only. */
export const REFERENCE_VALUES: Readonly<Record<string, Convert>> = {
  Reference: (collector, parameter, value) => {
    const object = objectOf(value) ?? {};
    const reference = textOf(object['reference']) ?? '';
    const local = localReference(reference);
    if (local !== undefined) collector.reference(parameter, { kind: 'local', ...local });
    else if (reference.startsWith('#')) contained(collector, parameter, reference.slice(1));
    else url(collector, parameter, reference);
    const identifier = objectOf(object['identifier']);
    const business = textOf(identifier?.['value']);
    if (business === undefined) return;
    const system = indexKey(textOf(identifier?.['system']) ?? '');
    collector.reference(parameter, { kind: 'identifier', system, value: indexKey(business) });
  },
  canonical: (collector, parameter, value) => {
    for (const form of canonicalForms(textOf(value) ?? '')) url(collector, parameter, form);
  },
  uri: url,
  url,
  // Bundle.entry[0].resource: the first resource itself.
  Resource: (collector, parameter, value) => {
    const resource = objectOf(value) ?? {};
    const local = localReference(`${textOf(resource['resourceType']) ?? ''}/${textOf(resource['id']) ?? ''}`);
    if (local !== undefined) collector.reference(parameter, { kind: 'local', ...local });
  },
};

/** Type and id of a relative reference to a type of R4, its version left out; undefined for any other. */
export function localReference(text: string): { readonly type: string; readonly id: string } | undefined {
  const [, type = '', id = ''] = LOCAL.exec(text) ?? [];
  return id !== '' && isResourceType(type) ? { type, id } : undefined;
}

/**
 * Whether a Reference leads to a type (`resolve() is Patient`), as far as it and its resource say so: by its url, by its element `type`, or by the
 * contained resource that it leads to. One that names its target by an identifier alone can be of any type.
 */
export function canReferTo(value: Json, type: string, within: ContainedTypes): boolean {
  const object = objectOf(value) ?? {};
  const reference = textOf(object['reference']);
  const stated = textOf(object['type']);
  if (reference === undefined) return stated === undefined || stated === type;
  if (reference.startsWith('#')) return within.get(reference.slice(1)) === type;
  const named = localReference(reference)?.type ?? REMOTE.exec(reference)?.[1] ?? stated;
  return named === type;
}
