import type { Issue, IssueCode, JsonObject } from '#libs/domain/fhir';
import type { Patch } from '../patch/patch.js';
import type { ReferenceContext } from '../references/resolve-reference.js';
import type { Condition } from '../conditions/condition.js';
import type { Projection } from '../projection/project-resource.js';
import type { BundleSearch } from '../search/search-target.js';
import type { ValidationMode } from './structure-issues.js';
import type { Assumed } from '../references/rewrite-references.js';

/**
 * One interaction of a request: a bundle has one for each entry, a single resource is one. References inside `resource` are
 * rewritten, its structure is checked.
 */
export type Step =
  | CreateStep
  | UpdateStep
  | PatchStep
  | DeleteStep
  | ReadStep
  | VersionStep
  | SearchStep
  | HistoryStep
  | RefusedStep;

/** A reference `Type?query` of a resource that is written. */
export interface ConditionalReference {
  /** As it stands in the resource. */
  readonly reference: string;
  readonly condition: Condition;
}

interface StepHead {
  /** Place in the request, from 0: answers are in this order. */
  readonly index: number;
}

interface Place extends StepHead {
  readonly type: string;
  /** FHIRPath of the resource or of the entry, for errors: `Bundle.entry[3].resource`, `Observation`. */
  readonly at: string;
}

interface Target extends Place {
  /** Of a conditional step: made for this request, and taken where nothing matches. References of the request to the resource name it. */
  readonly id: string;
}

export interface CreateStep extends Target {
  readonly kind: 'create';
  readonly resource: JsonObject;
  readonly assumed?: readonly Assumed[] | undefined;
  readonly queries?: readonly ConditionalReference[] | undefined;
  /** What is wrong with it and tolerated, as warnings. */
  readonly tolerated?: readonly Issue[] | undefined;
  /** ifNoneExist */
  readonly condition?: Condition | undefined;
}

export interface UpdateStep extends Target {
  readonly kind: 'update';
  /** Whether a patch made the resource of what was stored. */
  readonly isPatch?: boolean | undefined;
  readonly resource: JsonObject;
  readonly assumed?: readonly Assumed[] | undefined;
  readonly queries?: readonly ConditionalReference[] | undefined;
  /** What is wrong with it and tolerated, as warnings. */
  readonly tolerated?: readonly Issue[] | undefined;
  /** The If-Match tag as sent. */
  readonly ifMatch?: string | undefined;
  /** `*`: only if there is none yet. Else tags of which the current version must have none. */
  readonly ifNoneMatch?: string | undefined;
  readonly condition?: Condition | undefined;
}

/** Changes what is stored when it is decided; the result is judged as an update is. */
export interface PatchStep extends Target {
  readonly kind: 'patch';
  readonly patch: Patch;
  /** What references of the result are resolved against. */
  readonly references: ReferenceContext;
  readonly validation: ValidationMode;
  readonly ifMatch?: string | undefined;
  readonly condition?: Condition | undefined;
}

export interface DeleteStep extends Target {
  readonly kind: 'delete';
  readonly ifMatch?: string | undefined;
  readonly condition?: Condition | undefined;
}

/** What a client has already: with the same version, or none newer, the answer is 304. */
export interface Known {
  readonly ifNoneMatch?: string | undefined;
  /** ms since 1970 */
  readonly ifModifiedSince?: number | undefined;
}

export interface ReadStep extends Target, Known {
  readonly kind: 'read';
  /** The part that is asked for; all of it where absent. */
  readonly projection?: Projection | undefined;
  /** HEAD: the same without the resource. */
  readonly isHead?: boolean;
}

export interface VersionStep extends Target, Known {
  readonly kind: 'vread';
  readonly version: number;
  readonly projection?: Projection | undefined;
  readonly isHead?: boolean;
}

/** A search that sees what the request writes; `type` is that of the resources that are searched, '' for several. */
export interface SearchStep extends Place {
  readonly kind: 'search';
  readonly target: BundleSearch;
  /** Without its `?`; as sent. */
  readonly query: string;
  readonly isHead?: boolean;
}

/** The history of a resource, of a type (`id` absent) or of all (`type` is '' then). */
export interface HistoryStep extends Place {
  readonly kind: 'history';
  readonly id?: string | undefined;
  readonly query: string;
  readonly isHead?: boolean;
}

/** An entry of a batch that was refused before the database was asked. */
export interface RefusedStep extends StepHead {
  readonly kind: 'refused';
  readonly status: number;
  readonly issues: readonly Issue[];
}

export function refusedStep(
  index: number,
  status: number,
  code: IssueCode,
  diagnostics: string,
  at: string,
): RefusedStep {
  return { kind: 'refused', index, status, issues: [{ severity: 'error', code, diagnostics, expression: [at] }] };
}
