import type { Issue, IssueCode } from '#libs/domain/fhir';

/** An entry that cannot be understood. Thrown while it is read. */
export class BadEntry {
  readonly issues: readonly Issue[];

  constructor(
    readonly index: number,
    readonly status: number,
    code: IssueCode,
    diagnostics: string,
    /** Below the entry: `request.url`; '' for the entry itself. */
    place: string,
  ) {
    const at = `Bundle.entry[${index}]${place === '' ? '' : `.${place}`}`;
    this.issues = [{ severity: 'error', code, diagnostics, expression: [at] }];
  }
}
