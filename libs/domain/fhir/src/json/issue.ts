/** One issue of an OperationOutcome (FHIR R4 operationoutcome.html). */
export interface Issue {
  readonly severity: 'fatal' | 'error' | 'warning' | 'information';
  readonly code: IssueCode;
  /** FHIRPath of the elements it is about. */
  readonly expression?: readonly string[];
  /** What is wrong and what would be right; never a value that was sent. */
  readonly diagnostics: string;
  /** The same in a form for programs; by default the text of `diagnostics`. */
  readonly details?: { readonly coding?: readonly { readonly code: string }[]; readonly text: string };
}

/** The issue-type codes we use (http://hl7.org/fhir/issue-type). */
export type IssueCode =
  | 'invalid'
  | 'structure'
  | 'required'
  | 'value'
  | 'invariant'
  | 'code-invalid'
  | 'extension'
  | 'not-found'
  | 'deleted'
  | 'duplicate'
  | 'multiple-matches'
  | 'conflict'
  | 'not-supported'
  | 'too-costly'
  | 'too-long'
  | 'business-rule'
  | 'forbidden'
  | 'login'
  | 'throttled'
  | 'transient'
  | 'incomplete'
  | 'exception'
  | 'informational'
  | 'processing';

export interface OperationOutcome {
  readonly resourceType: 'OperationOutcome';
  readonly issue: readonly Issue[];
}

export function operationOutcome(issues: readonly Issue[]): OperationOutcome {
  const detailed = issues.map((issue) => ({ ...issue, details: issue.details ?? { text: issue.diagnostics } }));
  return { resourceType: 'OperationOutcome', issue: detailed };
}
