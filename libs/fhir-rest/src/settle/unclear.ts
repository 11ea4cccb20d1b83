import type { Condition } from '../conditions/condition.js';
import { refusedStep, type RefusedStep } from '../plan/step.js';

/** What a condition means. */
export type Found = { readonly kind: 'none' } | { readonly kind: 'one'; readonly id: string } | Unclear;

/** It means no one resource. */
export interface Unclear {
  readonly kind: 'many' | 'undecided';
  readonly condition: Condition;
}

export function isUnclear(found: Found | undefined): found is Unclear {
  return found?.kind === 'many' || found?.kind === 'undecided';
}

export function tooMany(index: number, { kind, condition }: Unclear): RefusedStep {
  if (kind === 'undecided') return refusedStep(index, 400, 'not-supported', UNDECIDED, condition.at);
  return refusedStep(index, 412, 'multiple-matches', 'more than one resource matches the condition', condition.at);
}

const UNDECIDED = 'a chained condition cannot be compared with what the same request writes';

export function unresolved(kind: 'none' | 'many' | 'undecided', { at }: Condition): RefusedStep['issues'] {
  if (kind === 'undecided') {
    return [{ severity: 'error', code: 'not-supported', diagnostics: UNDECIDED, expression: [at] }];
  }
  const [code, diagnostics] =
    kind === 'none'
      ? (['not-found', 'no resource matches the conditional reference'] as const)
      : (['multiple-matches', 'more than one resource matches the conditional reference'] as const);
  return [{ severity: 'error', code, diagnostics, expression: [at] }];
}
