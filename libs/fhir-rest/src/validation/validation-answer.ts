import { operationOutcome, type Issue, type JsonObject } from '#libs/domain/fhir';
import { validate } from '#libs/fhir-validation';
import { FHIR_JSON, type Answer } from '../answers/answer.js';
import type { ValidationRequest } from './validation-request.js';

const FINE: Issue = { severity: 'information', code: 'informational', diagnostics: 'no errors were found' };
const DELETABLE: Issue = { severity: 'information', code: 'informational', diagnostics: 'it can be deleted' };

/**
 * The answer of `$validate`: 200 with all errors and warnings, whatever they are.
 * @param id of the path, at an instance
 */
export function validationAnswer(
  request: ValidationRequest,
  resource: JsonObject,
  type: string,
  id: string | undefined,
): Answer {
  if (request.mode === 'delete') return answer([DELETABLE]);
  const asked = request.profiles.filter((profile) => profile.isKnown).map((profile) => profile.url);
  const issues = [
    ...request.profiles
      .filter((profile) => !profile.isKnown)
      .map(({ at }) => error('not-found', 'the profile that was asked for is not known here', at)),
    ...idIssues(request, resource, type, id),
    ...validate(resource, { advice: true, profiles: asked }).map(({ issue }) => issue),
  ];
  return answer(issues.some(({ severity }) => severity === 'error') ? issues : [FINE, ...issues]);
}

/** An update needs the id of its path. */
function idIssues({ mode }: ValidationRequest, resource: JsonObject, type: string, id: string | undefined): Issue[] {
  const own = resource['id'];
  if (own === undefined)
    return mode === 'update' ? [error('required', 'an update needs the id of the resource', `${type}.id`)] : [];
  if (id === undefined || mode === 'create' || own === id) return [];
  return [error('invalid', 'the id of the resource is not that of the path', `${type}.id`)];
}

function error(code: Issue['code'], diagnostics: string, at: string): Issue {
  return { severity: 'error', code, diagnostics, expression: [at] };
}

function answer(issues: readonly Issue[]): Answer {
  return { status: 200, headers: { 'content-type': FHIR_JSON }, body: JSON.stringify(operationOutcome(issues)) };
}
