import type { Issue } from '#libs/domain/fhir';
import type { ResourceReference } from './references.js';

/** Neither here nor made by this request. Another tenant's Patient is treated as not found. */
export function noSuchPatient({ path }: ResourceReference, at: string): Issue {
  return {
    severity: 'error',
    code: 'not-found',
    diagnostics: 'the referenced Patient does not exist',
    expression: [`${at}.${path}`],
  };
}

/** The reference names a Patient of ours, and the sender's name of a new one: neither is assumed. */
export function unclearPatient(expression: string): Issue {
  return {
    severity: 'error',
    code: 'business-rule',
    diagnostics:
      'both a Patient of this server and a new one of the bundle have this id; refer to the new one by its fullUrl, and to the other by its URL here',
    expression: [expression],
  };
}
