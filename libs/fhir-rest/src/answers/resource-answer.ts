import { operationOutcome, type Issue } from '#libs/domain/fhir';
import type { StepResult } from '../decide/decision.js';
import { FHIR_JSON, resourceHeaders, type Answer, type Preference } from './answer.js';
import type { StoredResource } from '../repository/resources.js';

/** A version of a resource as it is stored. */
export function storedAnswer(resource: StoredResource): Answer {
  return { status: 200, headers: { 'content-type': FHIR_JSON, ...resourceHeaders(resource) }, body: resource.content };
}

/** 304: the client has it already. */
export function notModifiedAnswer(resource: StoredResource): Answer {
  return { status: 304, headers: resourceHeaders(resource), body: '' };
}

type Written = Extract<StepResult, { kind: 'written' | 'matched' }>;

const NOTHING_WRITTEN = { created: false, warnings: [], isTolerated: false };

/** The answer to a create or update; of a conditional create that made nothing, with the location of what there is. */
export function writtenAnswer(
  result: Written,
  wishes: { readonly baseUrl: string; readonly prefer: Preference; readonly isAsked: boolean },
): Answer {
  const { resource } = result;
  const { created, warnings, isTolerated } = result.kind === 'written' ? result : NOTHING_WRITTEN;
  // Who asks for nothing learns what is wrong with what was stored.
  const prefer = isTolerated && !wishes.isAsked ? 'OperationOutcome' : wishes.prefer;
  const location = `${wishes.baseUrl}/${resource.type}/${resource.id}/_history/${resource.version}`;
  return {
    status: created ? 201 : 200,
    headers: { 'content-type': FHIR_JSON, ...resourceHeaders(resource), location },
    body: bodyOf(resource, warnings, prefer, result.kind === 'written' ? 'stored' : 'there is one already'),
  };
}

/**
 * 204, with the version of the deletion where there is one; where an OperationOutcome is asked for, 200 with it (FHIR R4
 * http.html#delete).
 */
export function deletedAnswer(
  { resource }: { readonly resource?: StoredResource | undefined },
  prefer: Preference,
): Answer {
  const headers = resource === undefined ? {} : resourceHeaders(resource);
  if (prefer !== 'OperationOutcome') return { status: 204, headers, body: '' };
  const text = resource === undefined ? 'there was nothing to delete' : 'deleted';
  return { status: 200, headers: { 'content-type': FHIR_JSON, ...headers }, body: fineOutcome(text) };
}

/** The good answer of `$validate`, and of a write that asked for an OperationOutcome. */
export function fineOutcome(diagnostics: string, warnings: readonly Issue[] = []): string {
  return JSON.stringify(
    operationOutcome([{ severity: 'information', code: 'informational', diagnostics }, ...warnings]),
  );
}

function bodyOf(resource: StoredResource, warnings: readonly Issue[], prefer: Preference, done: string): string {
  switch (prefer) {
    case 'minimal':
      return '';
    case 'representation':
      return resource.content;
    case 'OperationOutcome':
      return fineOutcome(done, warnings);
  }
}
