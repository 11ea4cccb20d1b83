import type { Condition } from '../conditions/condition.js';
import type { Step } from '../plan/step.js';

/** The conditions of a step and of its references. */
export function conditionsOf(step: Step): readonly Condition[] {
  switch (step.kind) {
    case 'create':
    case 'update':
      return [
        ...(step.condition === undefined ? [] : [step.condition]),
        ...(step.queries ?? []).map(({ condition }) => condition),
      ];
    case 'delete':
    case 'patch':
      return step.condition === undefined ? [] : [step.condition];
    default:
      return [];
  }
}

/** Types of which a condition of the request asks. */
export function typesAsked(steps: readonly Step[]): ReadonlySet<string> {
  return new Set(steps.flatMap((step) => conditionsOf(step).map(({ type }) => type)));
}
