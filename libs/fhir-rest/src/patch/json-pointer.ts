import { Decimal } from '#libs/domain/fhir';
import { isMutableObject, memberOf, type MutableJson, type MutableObject } from './mutable-json.js';
import type { Pointer } from './patch.js';
import { PatchFault } from './patch-fault.js';

/** Deeper than any resource is. */
const MAX_TOKENS = 128;
const INDEX = /^(?:0|[1-9]\d{0,9})$/;

/** The tokens of a JSON Pointer (RFC 6901); undefined when the text is none. */
export function readPointer(text: unknown): Pointer | undefined {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/')) || /~(?![01])/.test(text)) return undefined;
  const tokens = text.split('/').slice(1);
  if (tokens.length > MAX_TOKENS) return undefined;
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** A place in a document: the member or item `key` of `holder`; `value` is undefined where there is none yet. */
export type Place =
  | { readonly kind: 'root' }
  | {
      readonly kind: 'member';
      readonly holder: MutableObject;
      readonly key: string;
      readonly value: MutableJson | undefined;
    }
  | {
      readonly kind: 'item';
      readonly holder: MutableJson[];
      readonly key: number;
      readonly value: MutableJson | undefined;
    };

/** @throws PatchFault when what should hold the place is not there, or has no such place */
export function placeOf(root: MutableJson, pointer: Pointer, type: string): Place {
  let place: Place = { kind: 'root' };
  let holder: MutableJson = root;
  for (const [at, token] of pointer.entries()) {
    if (at > 0) {
      const value: MutableJson | undefined = place.kind === 'root' ? root : place.value;
      if (value === undefined) throw absent(pointer.slice(0, at), type);
      holder = value;
    }
    place = placeIn(holder, token, () => absent(pointer.slice(0, at + 1), type));
  }
  return place;
}

function placeIn(holder: MutableJson, token: string, fault: () => PatchFault): Place {
  if (Array.isArray(holder)) {
    // "-" is the place behind the last item (RFC 6901 §4).
    const key = token === '-' ? holder.length : INDEX.test(token) ? Number(token) : undefined;
    if (key === undefined || key > holder.length) throw fault();
    return { kind: 'item', holder, key, value: holder[key] };
  }
  if (!isMutableObject(holder) || holder instanceof Decimal) throw fault();
  if (token === '__proto__') throw fault();
  return { kind: 'member', holder, key: token, value: memberOf(holder, token) };
}

export function absent(pointer: Pointer, type: string): PatchFault {
  return new PatchFault(422, 'not-found', 'there is nothing at this path', fhirPathOf(pointer, type));
}

/** The place as FHIRPath, as far as its names can be those of elements: what a client made up is not repeated. */
export function fhirPathOf(pointer: Pointer, type: string): string {
  let path = type;
  for (const token of pointer) {
    if (INDEX.test(token)) path += `[${token}]`;
    else if (/^_?[a-z][A-Za-z0-9]{0,63}$/.test(token)) path += `.${token.replace('_', '')}`;
    else break;
  }
  return path;
}
