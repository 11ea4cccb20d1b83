import { identifierCodesOf } from '../conditions/holds.js';
import type { Step } from '../plan/step.js';
import type { FhirLookups } from '../repository/resources.js';

/**
 * Whether a request is decided by one look that takes a few milliseconds: nothing is patched (what a patch refers to is looked up again),
 * nothing searched that sees what the request writes, and each condition names an identifier and no chain.
 */
export function isSimple(steps: readonly Step[], { conditions = [] }: Pick<FhirLookups, 'conditions'>): boolean {
  return (
    steps.every(({ kind }) => kind === 'refused' || kind === 'read' || isWrite(kind)) &&
    conditions.every(({ condition }) => identifierCodesOf(condition) !== undefined && !isChained(condition.query))
  );
}

function isWrite(kind: Step['kind']): boolean {
  return kind === 'create' || kind === 'update' || kind === 'delete';
}

function isChained({ conditions }: { readonly conditions: readonly { readonly kind: string }[] }): boolean {
  return conditions.some(({ kind }) => kind === 'chain' || kind === 'has');
}
