import type { Issue, IssueCode } from '#libs/domain/fhir';

/**
 * Why one parameter of a search is not taken. `isUnknown`: it asks for what is not known here (a parameter, an element to sort by), which a
 * lenient client wants left out; anything else is refused however lenient it is. Thrown within the parser only.
 */
export class SearchRefusal {
  constructor(
    readonly code: IssueCode,
    readonly why: string,
    readonly isUnknown = false,
  ) {}
}

export function refuseValue(why: string): never {
  throw new SearchRefusal('value', why);
}

export function refuseUnsupported(why: string): never {
  throw new SearchRefusal('not-supported', why);
}

export function refuseUnknown(why: string): never {
  throw new SearchRefusal('not-supported', why, true);
}

/** The place is the parameter: `http.` and its name, as OperationOutcome.issue.location has it. A name is quoted as far as it could be one. */
export function issueOf(code: IssueCode, why: string, name?: string): Issue {
  const shown = name === undefined ? undefined : name.replace(/[^\w:.*-]/g, '?').slice(0, 80);
  return {
    severity: 'error',
    code,
    diagnostics: shown === undefined ? why : `${shown}: ${why}`,
    ...(shown === undefined ? {} : { expression: [`http.${shown}`] }),
  };
}
