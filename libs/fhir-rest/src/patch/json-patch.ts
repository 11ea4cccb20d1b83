import type { Json, JsonObject } from '#libs/domain/fhir';
import { copyOf, dropEmpty, equalJson, isMutableObject, type MutableJson } from './mutable-json.js';
import { absent, fhirPathOf, placeOf, readPointer, type Place } from './json-pointer.js';
import { MAX_PATCH_OPERATIONS, type JsonPatchOperation, type Pointer } from './patch.js';
import { PatchFault, type Budget } from './patch-fault.js';

/** The operations of a JSON Patch document (RFC 6902 §3, §4). @throws PatchFault 400 */
export function readJsonPatch(document: Json): readonly JsonPatchOperation[] {
  if (!Array.isArray(document)) throw malformed('a JSON Patch is an array of operations');
  if (document.length > MAX_PATCH_OPERATIONS) {
    throw new PatchFault(413, 'too-long', `a patch may have at most ${MAX_PATCH_OPERATIONS} operations`);
  }
  return (document as readonly Json[]).map((item, at) => {
    if (!isMutableObject(item as MutableJson)) throw malformed(`operation ${at} must be an object`);
    return readOperation(item as JsonObject, at);
  });
}

function readOperation(item: JsonObject, at: number): JsonPatchOperation {
  const { op } = item;
  const path = pointerOf(item, 'path', at);
  switch (op) {
    case 'add':
    case 'replace':
    case 'test':
      if (!Object.hasOwn(item, 'value')) throw malformed(`operation ${at} has no value`);
      return { op, path, value: item['value'] as MutableJson };
    case 'remove':
      return { op, path };
    case 'move':
    case 'copy':
      return { op, path, from: pointerOf(item, 'from', at) };
    default:
      throw malformed(`op of operation ${at} must be add, remove, replace, move, copy or test`);
  }
}

function pointerOf(item: JsonObject, name: 'path' | 'from', at: number): Pointer {
  const pointer = readPointer(item[name]);
  if (pointer === undefined) throw malformed(`${name} of operation ${at} must be a JSON Pointer`);
  return pointer;
}

function malformed(diagnostics: string): PatchFault {
  return new PatchFault(400, 'structure', diagnostics);
}

/**
 * Applies the operations in their order to `root`, which is changed. Lists and objects of which the last part was taken away are
 * left out afterwards, because FHIR JSON has no empty ones.
 *
 * @throws PatchFault 422 when one of them fails
 */
export function applyJsonPatch(
  root: MutableJson,
  operations: readonly JsonPatchOperation[],
  type: string,
  budget: Budget,
): MutableJson {
  const emptied = new Set<MutableJson>();
  let document = root;
  for (const operation of operations) {
    budget.spend(1 + operation.path.length);
    switch (operation.op) {
      case 'add':
        document = put(document, operation.path, copyOf(operation.value, budget), type, budget);
        break;
      case 'replace':
        existing(document, operation.path, type);
        document = replace(document, operation.path, copyOf(operation.value, budget), type);
        break;
      case 'test':
        if (!equalJson(existing(document, operation.path, type), operation.value)) {
          throw new PatchFault(422, 'conflict', 'a test of the patch failed', fhirPathOf(operation.path, type));
        }
        break;
      case 'remove':
        existing(document, operation.path, type);
        take(document, operation.path, type, budget, emptied);
        break;
      case 'copy':
        document = put(
          document,
          operation.path,
          copyOf(existing(document, operation.from, type), budget),
          type,
          budget,
        );
        break;
      case 'move':
        document = move(document, operation, type, budget, emptied);
        break;
    }
  }
  if (emptied.size > 0) dropEmpty(document, emptied);
  return document;
}

function move(
  document: MutableJson,
  { from, path }: { readonly from: Pointer; readonly path: Pointer },
  type: string,
  budget: Budget,
  emptied: Set<MutableJson>,
): MutableJson {
  const value = existing(document, from, type);
  if (from.every((token, at) => token === path[at])) {
    if (from.length === path.length) return document;
    throw new PatchFault(422, 'invalid', 'nothing can be moved into itself', fhirPathOf(path, type));
  }
  take(document, from, type, budget, emptied);
  return put(document, path, value, type, budget);
}

/** @throws PatchFault when there is nothing */
function existing(document: MutableJson, pointer: Pointer, type: string): MutableJson {
  const place = placeOf(document, pointer, type);
  const value = place.kind === 'root' ? document : place.value;
  if (value === undefined) throw absent(pointer, type);
  return value;
}

function put(document: MutableJson, pointer: Pointer, value: MutableJson, type: string, budget: Budget): MutableJson {
  const place = placeOf(document, pointer, type);
  if (place.kind === 'root') return value;
  if (place.kind === 'member') place.holder[place.key] = value;
  else {
    budget.spend(shiftOf(place));
    place.holder.splice(place.key, 0, value);
  }
  return document;
}

function replace(document: MutableJson, pointer: Pointer, value: MutableJson, type: string): MutableJson {
  const place = placeOf(document, pointer, type);
  if (place.kind === 'root') return value;
  if (place.kind === 'member') place.holder[place.key] = value;
  else place.holder[place.key] = value;
  return document;
}

function take(document: MutableJson, pointer: Pointer, type: string, budget: Budget, emptied: Set<MutableJson>): void {
  const place = placeOf(document, pointer, type);
  if (place.kind === 'root') {
    throw new PatchFault(422, 'invalid', 'a patch cannot remove the resource; delete it', type);
  }
  if (place.kind === 'member') delete place.holder[place.key];
  else {
    budget.spend(shiftOf(place));
    place.holder.splice(place.key, 1);
  }
  emptied.add(place.holder);
}

/** What moving the items behind a place costs, compared with the copy of a value. */
function shiftOf({ holder, key }: Extract<Place, { kind: 'item' }>): number {
  return Math.ceil((holder.length - key) / 8);
}
