import { operationOutcome, type Issue } from '#libs/domain/fhir';
import type { StepResult } from '../decide/decision.js';
import { OutcomeProblem } from './outcome-problem.js';

/** Maximum issues of an answer: who sends ten thousand bad entries learns enough from the first ones. */
const MAX_ISSUES = 200;

/** An answer that refuses the whole request. Throw it. */
export function refusal(
  status: number,
  issues: readonly Issue[],
  headers: Readonly<Record<string, string>> = {},
): OutcomeProblem {
  return new OutcomeProblem(status, operationOutcome(issues.slice(0, MAX_ISSUES)), headers);
}

export function oneIssue(
  status: number,
  code: Issue['code'],
  diagnostics: string,
  expression?: string,
  headers?: Readonly<Record<string, string>>,
): OutcomeProblem {
  const where = expression === undefined ? {} : { expression: [expression] };
  return refusal(status, [{ severity: 'error', code, diagnostics, ...where }], headers);
}

/** Conditions that do not hold: what else is refused may follow from them, as references to the entry do. */
const CAUSES = [412, 409];

/**
 * The refusal of an atomic request: the issues of all refused steps, with their status, or 400 where they have several. Where a
 * condition does not hold, it alone: the client must know whether to ask again (412, 409).
 */
export function refusalOf(results: readonly StepResult[]): OutcomeProblem | undefined {
  const refused = results.filter((result) => result.kind === 'refused');
  if (refused.length === 0) return undefined;
  const cause = CAUSES.find((status) => refused.some((result) => result.status === status));
  const shown = cause === undefined ? refused : refused.filter((result) => result.status === cause);
  const statuses = new Set(shown.map((result) => result.status));
  const status = statuses.size === 1 ? (shown[0]?.status ?? 400) : 400;
  return refusal(
    status,
    shown.flatMap((result) => result.issues),
  );
}
