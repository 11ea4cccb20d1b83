import type { Issue, Json, JsonObject } from '#libs/domain/fhir';
import { applyFhirPathPatch } from './fhirpath-patch.js';
import { applyJsonPatch, readJsonPatch } from './json-patch.js';
import { copyOf, isDeeper, isMutableObject, type MutableJson } from './mutable-json.js';
import type { Patch, Patched } from './patch.js';
import { Budget, PatchFault } from './patch-fault.js';
import { readFhirPathPatch } from './read-fhirpath-patch.js';

/** Work of one patch: characters copied, and eight for each element that is looked at. Holds what a body can hold. */
const MAX_WORK = 20_000_000;
/** As deep as a body may be. */
const MAX_DEPTH = 64;

export type PatchRead =
  | { readonly ok: true; readonly patch: Patch }
  | { readonly ok: false; readonly status: number; readonly issue: Issue };

/** @param document parsed JSON: an array is a JSON Patch (RFC 6902), a Parameters resource a FHIRPath Patch */
export function readPatch(document: Json, type: string): PatchRead {
  return caught((): PatchRead => {
    if (isMutableObject(document as MutableJson)) {
      const parameters = document as JsonObject;
      if (parameters['resourceType'] !== 'Parameters') {
        throw new PatchFault(400, 'invalid', 'a FHIRPath Patch is a Parameters resource, a JSON Patch an array');
      }
      return { ok: true, patch: { format: 'fhirpath-patch', operations: readFhirPathPatch(parameters, type) } };
    }
    return { ok: true, patch: { format: 'json-patch', operations: readJsonPatch(document) } };
  });
}

/**
 * The resource that a patch makes of another, which stays as it is. Whether the result is a valid resource is not looked at, but it is
 * one of the same type and id.
 */
export function applyPatch(resource: JsonObject, patch: Patch): Patched {
  const { resourceType: type, id } = resource as { resourceType: string; id: string };
  return caught((): Patched => {
    const copy = copyOf(resource, new Budget(Number.POSITIVE_INFINITY));
    const budget = new Budget(MAX_WORK);
    let result: MutableJson = copy;
    if (patch.format === 'json-patch') result = applyJsonPatch(copy, patch.operations, type, budget);
    else if (isMutableObject(copy)) applyFhirPathPatch(copy, patch.operations, type, budget);
    if (!isMutableObject(result) || result['resourceType'] !== type) {
      throw new PatchFault(
        422,
        'business-rule',
        'a patch cannot change the type of a resource',
        `${type}.resourceType`,
      );
    }
    if (result['id'] !== id) {
      throw new PatchFault(422, 'business-rule', 'a patch cannot change the id of a resource', `${type}.id`);
    }
    if (isDeeper(result, MAX_DEPTH)) {
      throw new PatchFault(422, 'too-costly', `the result is nested deeper than ${MAX_DEPTH} levels`, type);
    }
    return { ok: true, resource: result };
  });
}

function caught<T>(work: () => T): T | Extract<Patched, { ok: false }> {
  try {
    return work();
  } catch (fault) {
    if (!(fault instanceof PatchFault)) throw fault;
    const { status, code, diagnostics, place } = fault;
    const expression = place === undefined ? {} : { expression: [place] };
    return { ok: false, status, issue: { severity: 'error', code, diagnostics, ...expression } };
  }
}
