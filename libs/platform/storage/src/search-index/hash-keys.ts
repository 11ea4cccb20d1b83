import { hash } from 'node:crypto';

/**
 * What search compares for equality is 64 bits of a SHA-256 (docs/adr/0039): of the parameter, XOR of the value. So the hash of a value is made
 * once for all its parameters, and the database can make the key of a reference from the hash of its target. The tenant is in the part of
 * the parameter: equal values of two tenants have different keys.
 */
export type Key = bigint;

const MAX_CACHED = 50_000;
const cache = new Map<string, Key>();

/** Of texts that come again and again (codes, systems, the patient of a bundle) the hash is remembered. */
export function hash64(text: string): Key {
  const known = cache.get(text);
  if (known !== undefined) return known;
  if (cache.size >= MAX_CACHED) cache.clear();
  const key = hash('sha256', text, 'buffer').readBigInt64BE(0);
  cache.set(text, key);
  return key;
}

export type KeyKind =
  | 'token'
  | 'code'
  | 'system'
  | 'text'
  | 'string'
  | 'uri'
  | 'reference'
  | 'url'
  | 'identifier'
  | 'identifier-value'
  | 'identifier-system'
  | 'unit'
  | 'unit-code';

/** Where a value is compared: a parameter of a type, of one tenant. */
export interface Place {
  readonly tenant: number;
  readonly type: string;
}

export function keyOf({ tenant, type }: Place, kind: KeyKind, parameter: string, value: string): Key {
  return hash64(`${tenant}\u0001${type}\u0001${kind}\u0001${parameter}`) ^ hash64(value);
}

/** A system with a code, as one value. */
export function pair(system: string, code: string): string {
  // The character between them cannot make two pairs look alike.
  return system.includes('\u0001') ? JSON.stringify([system, code]) : `${system}\u0001${code}`;
}

/** A resource, as references to it are compared. */
export function selfKey(tenant: number, type: string, id: string): Key {
  return tenantKey(tenant) ^ hash64(resourceText(type, id));
}

export function referenceKey(
  place: Place,
  parameter: string,
  target: { readonly type: string; readonly id: string },
): Key {
  return keyOf(place, 'reference', parameter, resourceText(target.type, target.id));
}

/** XOR of this and the {@link selfKey} of a resource is the {@link referenceKey} to it. */
export function referenceMask(place: Place, parameter: string): Key {
  return hash64(`${place.tenant}\u0001${place.type}\u0001reference\u0001${parameter}`) ^ tenantKey(place.tenant);
}

/** The id, in keys, of a resource contained in another. No resource of its own can have it. */
export function containedId(container: { readonly type: string; readonly id: string }, id: string): string {
  return `${resourceText(container.type, container.id)}#${id}`;
}

/** As the database takes it. */
export function int8(key: Key): string {
  return key.toString();
}

/** A parameter in narrow rows: 31 bits; a spec holds that no two parameters of a type have the same. */
export function parameterNumber(code: string): number {
  return Number(hash64(code) & 0x7fff_ffffn);
}

function tenantKey(tenant: number): Key {
  return hash64(`tenant\u0001${tenant}`);
}

function resourceText(type: string, id: string): string {
  return `${type}/${id}`;
}
