import { allows, type Access } from '#libs/platform/auth';
import { insufficientScope } from '#libs/platform/http';
import type { Issue } from '#libs/domain/fhir';
import type { Step } from '#libs/fhir-rest';

const VERBS = {
  create: 'c',
  read: 'r',
  vread: 'r',
  history: 'r',
  update: 'u',
  patch: 'u',
  delete: 'd',
  search: 's',
} as const;

export type Verb = keyof typeof VERBS;

/** Throws the refusal of RFC 6750 unless the caller may do this (SMART App Launch 2, `system/Type.cruds`). */
export function requireScope(access: Access, verb: Verb, type: string): void {
  const needed = scopeFor(verb, type);
  if (!allows(access.scopes, needed)) throw insufficientScope([needed]);
}

/** Those of the types of which the caller may do this with every resource. */
export function allowedTypes(access: Access, verb: Verb, types: readonly string[]): readonly string[] {
  return types.filter((type) => allows(access.scopes, scopeFor(verb, type)));
}

/** What the caller lacks for the steps: the missing scope by step index. */
export function missingScopes(access: Access, steps: readonly Step[]): Map<number, string> {
  const judged = new Map<string, boolean>();
  const missing = new Map<number, string>();
  for (const step of steps) {
    if (step.kind === 'refused') continue;
    for (const needed of scopesOf(step)) {
      const allowed = judged.get(needed) ?? allows(access.scopes, needed);
      judged.set(needed, allowed);
      if (!allowed) missing.set(step.index, needed);
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

/** A condition says what is there: it needs the right to search, too. */
function scopesOf(step: Exclude<Step, { kind: 'refused' }>): readonly string[] {
  const own = scopeFor(step.kind, step.type === '' ? '*' : step.type);
  const hasCondition = 'condition' in step && step.condition !== undefined;
  return hasCondition ? [own, scopeFor('search', step.type)] : [own];
}

function scopeFor(verb: Verb, type: string): string {
  return `system/${type}.${VERBS[verb]}`;
}
