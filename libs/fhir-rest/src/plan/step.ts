import type { Issue, JsonObject } from '#libs/domain/fhir';
import type { Patch } from '../patch/patch.js';
import type { ReferenceContext } from '../references/resolve-reference.js';
import type { Assumed } from '../references/rewrite-references.js';

/**
 * One interaction of a request: a bundle has one for each entry, a single resource is one. References inside `resource` are
 * rewritten, its structure is checked, its id is known.
 */
export type Step = CreateStep | UpdateStep | PatchStep | DeleteStep | ReadStep | RefusedStep;

interface StepHead {
  /** Place in the request, from 0: answers are in this order. */
  readonly index: number;
}

interface Target extends StepHead {
  readonly type: string;
  readonly id: string;
  /** FHIRPath of the resource or of the entry, for errors: `Bundle.entry[3].resource`, `Observation`. */
  readonly at: string;
}

export interface CreateStep extends Target {
  readonly kind: 'create';
  readonly resource: JsonObject;
  readonly assumed?: readonly Assumed[];
}

export interface UpdateStep extends Target {
  readonly kind: 'update';
  readonly resource: JsonObject;
  readonly assumed?: readonly Assumed[];
  /** The If-Match tag as sent. */
  readonly ifMatch?: string | undefined;
}

/** Changes what is stored when it is decided; the result is judged as an update is. */
export interface PatchStep extends Target {
  readonly kind: 'patch';
  readonly patch: Patch;
  /** What references of the result are resolved against. */
  readonly references: ReferenceContext;
  readonly ifMatch?: string | undefined;
}

export interface DeleteStep extends Target {
  readonly kind: 'delete';
  readonly ifMatch?: string | undefined;
}

export interface ReadStep extends Target {
  readonly kind: 'read';
}

/** An entry of a batch that was refused before the database was asked. */
export interface RefusedStep extends StepHead {
  readonly kind: 'refused';
  readonly status: number;
  readonly issues: readonly Issue[];
}
