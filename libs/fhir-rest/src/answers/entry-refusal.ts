import type { Issue } from '#libs/domain/fhir';
import type { RefusedStep } from '../plan/step.js';
import type { OutcomeProblem } from './outcome-problem.js';

/** The refusal of a request as that of an entry of a bundle: what it says is of the entry's request.url. */
export function entryRefusal({ status, outcome }: OutcomeProblem, index: number): RefusedStep {
  const { issue } = outcome as { readonly issue: readonly Issue[] };
  const expression = [`Bundle.entry[${index}].request.url`];
  return { kind: 'refused', index, status, issues: issue.map((one) => ({ ...one, expression })) };
}
