import type { Access } from '#libs/platform/auth';
import { insufficientScope } from '#libs/platform/http';
import type { Issue } from '#libs/domain/fhir';
import type { AccessVerb, Step } from '#libs/fhir-rest';
import { accessFilter, VERBS } from './scope-filter.js';

/**
 * Throws the refusal of RFC 6750 unless the caller may do this with some resources of the type at least (SMART App Launch 2,
 * `system/Type.cruds`). What goes on enforces the restriction, if there is one.
 */
export function requireSome(access: Access, verb: AccessVerb, type: string): void {
  if (accessFilter(access, verb, type).kind === 'none') throw insufficientScope([scopeFor(verb, type)]);
}

/** Those of the types of which the caller may do this with some resources at least. */
export function typesOf(access: Access, verb: AccessVerb, types: readonly string[]): readonly string[] {
  return types.filter((type) => accessFilter(access, verb, type).kind !== 'none');
}

/** What the caller lacks for the steps: the missing scope by step index. */
export function missingScopes(access: Access, steps: readonly Step[]): Map<number, string> {
  const missing = new Map<number, string>();
  for (const step of steps) {
    // Of a search of several types each is judged when it is run.
    if (step.kind === 'refused' || (step.kind === 'search' && step.type === '')) continue;
    for (const verb of verbsOf(step)) {
      const type = step.type === '' ? '*' : step.type;
      if (accessFilter(access, verb, type).kind === 'none') missing.set(step.index, scopeFor(verb, type));
    }
  }
  return missing;
}

export function forbiddenIssue(scope: string, index: number): Issue {
  return {
    severity: 'error',
    code: 'forbidden',
    diagnostics: `this needs the scope ${scope}`,
    expression: [`Bundle.entry[${index}]`],
  };
}

const VERB_OF = {
  create: 'create',
  read: 'read',
  vread: 'read',
  update: 'update',
  patch: 'update',
  delete: 'delete',
  search: 'search',
} as const;

/** A condition says what is there: it needs the right to search, too. The history of a type or of all is part of `s`. */
function verbsOf(step: Exclude<Step, { kind: 'refused' }>): readonly AccessVerb[] {
  if (step.kind === 'history') return [step.id === undefined ? 'search' : 'read'];
  const hasCondition = 'condition' in step && step.condition !== undefined;
  return hasCondition ? [VERB_OF[step.kind], 'search'] : [VERB_OF[step.kind]];
}

function scopeFor(verb: AccessVerb, type: string): string {
  return `system/${type}.${VERBS[verb]}`;
}
