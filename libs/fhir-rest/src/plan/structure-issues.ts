import type { Issue, JsonObject } from '#libs/domain/fhir';
import { validate } from '#libs/fhir-validation';
import { moved } from './moved-path.js';

/** A resource has at most as many characters as a body may have bytes. */
export const MAX_RESOURCE_CHARACTERS = 16 * 1024 * 1024;

/** What is wrong with the structure of a resource; expressions start with `at`. */
export function structureIssues(resource: JsonObject, at: string): Issue[] {
  const type = typeof resource['resourceType'] === 'string' ? resource['resourceType'] : '';
  return validate(resource)
    .filter(({ weight }) => weight !== 'advice')
    .map(({ issue }) => ({ ...issue, expression: issue.expression?.map((path) => moved(path, type, at)) ?? [at] }));
}
