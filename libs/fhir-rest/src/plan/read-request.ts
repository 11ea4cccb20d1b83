import { isResourceType, type Issue, type JsonObject } from '#libs/domain/fhir';
import { oneIssue, refusal } from '../answers/refusal.js';
import { isOperation, notTaken, operationOfSystem, operationOfType } from '../capability/unsupported.js';
import { readObject } from './read-object.js';
import { problemsOf, type ValidationMode } from './structure-issues.js';

/** FHIR R4 datatypes.html#id */
export const FHIR_ID = /^[A-Za-z0-9\-.]{1,64}$/;

/** The type of a path. @throws OutcomeProblem 400 for an operation that is not served, 405 for one by another method, 404 when R4 has no such type */
export function requireType(type: string): string {
  if (type === 'metadata') throw notTaken('', 'GET, HEAD');
  if (isOperation(type)) throw operationOfSystem(type);
  if (!isResourceType(type)) throw oneIssue(404, 'not-supported', 'not a resource type of R4');
  return type;
}

/** @throws OutcomeProblem 400 for an operation that is not served, 405 for one by another method; 404: no resource can have such an id, so there is none */
export function requireId(id: string, type: string): void {
  if (isOperation(id)) throw operationOfType(type, id);
  if (!FHIR_ID.test(id))
    throw oneIssue(404, 'not-found', 'not an id: letters, digits, - and . only, at most 64', `${type}.id`);
}

export interface CheckedResource {
  readonly resource: JsonObject;
  /** What is wrong with it and tolerated, as warnings. */
  readonly tolerated: readonly Issue[];
}

/** The body of a create, or with `id` of an update, checked. @throws OutcomeProblem */
export function readResource(text: string, type: string, mode: ValidationMode, id?: string): CheckedResource {
  const resource = readObject(text);
  if (resource['resourceType'] !== type) {
    throw oneIssue(400, 'invalid', 'the body is not a resource of the type in the path', `${type}.resourceType`);
  }
  if (id !== undefined && resource['id'] !== id) {
    throw oneIssue(400, 'invalid', 'the id of the body is not that of the path', `${type}.id`);
  }
  const { refused, tolerated } = problemsOf(resource, type, mode);
  if (refused.length > 0) throw refusal(400, refused);
  return { resource, tolerated };
}

/** The body of a bundle; its entries are not looked at yet. @throws OutcomeProblem */
export function readBundle(text: string): JsonObject {
  const bundle = readObject(text);
  if (bundle['resourceType'] !== 'Bundle') throw oneIssue(400, 'invalid', 'a Bundle is expected here', 'Bundle');
  return bundle;
}
