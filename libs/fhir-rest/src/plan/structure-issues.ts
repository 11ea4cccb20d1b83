import type { Issue, JsonObject } from '#libs/domain/fhir';
import { validate } from '#libs/fhir-validation';
import { moved } from './moved-path.js';

/** A resource has at most as many characters as a body may have bytes. */
export const MAX_RESOURCE_CHARACTERS = 16 * 1024 * 1024;

/** What becomes of a resource that breaks a rule: `strict` refuses it, `lenient` stores it with a warning, if its structure is sound. */
export type ValidationMode = 'strict' | 'lenient';

export interface Problems {
  /** Why the resource is not stored; none: it is. */
  readonly refused: readonly Issue[];
  /** Errors that are tolerated, as warnings. */
  readonly tolerated: readonly Issue[];
}

/** What is wrong with a resource; expressions start with `at`. */
export function problemsOf(resource: JsonObject, at: string, mode: ValidationMode): Problems {
  const type = typeof resource['resourceType'] === 'string' ? resource['resourceType'] : '';
  const refused: Issue[] = [];
  const tolerated: Issue[] = [];
  for (const { weight, issue } of validate(resource)) {
    if (weight === 'advice') continue;
    const placed = { ...issue, expression: issue.expression?.map((path) => moved(path, type, at)) ?? [at] };
    if (mode === 'lenient' && weight === 'rule') tolerated.push({ ...placed, severity: 'warning' });
    else refused.push(placed);
  }
  return { refused, tolerated };
}
