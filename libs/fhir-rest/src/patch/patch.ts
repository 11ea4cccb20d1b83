import type { Issue, JsonObject } from '#libs/domain/fhir';
import type { PathStep } from './path/path-step.js';
import type { MutableJson } from './mutable-json.js';

/** A patch whose form was checked; whether it fits a resource is known when it is applied. */
export type Patch =
  | { readonly format: 'json-patch'; readonly operations: readonly JsonPatchOperation[] }
  | { readonly format: 'fhirpath-patch'; readonly operations: readonly FhirPathOperation[] };

/** RFC 6902. Paths are JSON Pointers (RFC 6901), as their unescaped tokens. */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: Pointer; readonly value: MutableJson }
  | { readonly op: 'remove'; readonly path: Pointer }
  | { readonly op: 'move' | 'copy'; readonly path: Pointer; readonly from: Pointer };

export type Pointer = readonly string[];

/** FHIR R4 fhirpatch.html */
export type FhirPathOperation =
  | { readonly type: 'add'; readonly path: readonly PathStep[]; readonly name: string; readonly value: PatchValue }
  | { readonly type: 'insert'; readonly path: readonly PathStep[]; readonly index: number; readonly value: PatchValue }
  | { readonly type: 'replace'; readonly path: readonly PathStep[]; readonly value: PatchValue }
  | { readonly type: 'delete'; readonly path: readonly PathStep[] }
  | {
      readonly type: 'move';
      readonly path: readonly PathStep[];
      readonly source: number;
      readonly destination: number;
    };

/** A value as a parameter has it. */
export type PatchValue =
  /** `valueQuantity` and `_valueQuantity`: the suffix says the type (`Quantity`). */
  | {
      readonly kind: 'typed';
      readonly suffix: string;
      readonly value: MutableJson | undefined;
      readonly sibling: MutableJson | undefined;
    }
  | { readonly kind: 'resource'; readonly value: MutableJson }
  /** Elements of a type that has no name of its own, such as `Patient.contact`. */
  | { readonly kind: 'parts'; readonly parts: readonly { readonly name: string; readonly value: PatchValue }[] };

export type Patched =
  | { readonly ok: true; readonly resource: JsonObject }
  | { readonly ok: false; readonly status: number; readonly issue: Issue };

/** More operations than this are too many for one request. */
export const MAX_PATCH_OPERATIONS = 1_000;
