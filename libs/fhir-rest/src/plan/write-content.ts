import type { Issue, JsonObject } from '#libs/domain/fhir';
import { readCondition } from '../conditions/read-condition.js';
import type { OwnBases } from '../references/own-base.js';
import { targetKey, type ReferenceContext } from '../references/resolve-reference.js';
import { rewriteReferences, type Rewritten } from '../references/rewrite-references.js';
import type { ConditionalReference, CreateStep } from './step.js';

export type WriteContent = Pick<CreateStep, 'resource' | 'assumed' | 'queries' | 'tolerated'>;

/** What the urns of references must be: those of a transaction its entries; those of a batch no entries; others may be anything. */
export type UrnRule =
  | { readonly kind: 'entries' }
  | { readonly kind: 'no-entries'; readonly fullUrls: ReadonlySet<string> }
  | { readonly kind: 'any' };

/**
 * The resource of a write with its references resolved, as far as they can be without the database.
 *
 * @param at FHIRPath of the resource in the request, for errors
 */
export function writeContent(
  sent: JsonObject,
  references: ReferenceContext,
  at: string,
  urns: UrnRule,
): WriteContent & { readonly issues: readonly Issue[] } {
  const { resource, unresolved, assumed, conditional } = rewriteReferences(sent, references);
  const issues = unresolved.flatMap(({ path, reference }) => urnIssues(reference, urns, `${at}.${path}`));
  const { queries, issues: bad } = conditionalReferences(conditional, (path) => `${at}.${path}`, references.own);
  issues.push(...bad);
  return { resource, issues, ...(assumed.length > 0 ? { assumed } : {}), ...(queries.length > 0 ? { queries } : {}) };
}

/** The conditions of conditional references. @param placeOf FHIRPath in the request of a path in the resource */
export function conditionalReferences(
  conditional: Rewritten['conditional'],
  placeOf: (path: string) => string,
  own: OwnBases,
): { readonly queries: readonly ConditionalReference[]; readonly issues: readonly Issue[] } {
  const queries: ConditionalReference[] = [];
  const issues: Issue[] = [];
  for (const { path, reference } of conditional) {
    const [type = '', query = ''] = cut(reference);
    const read = readCondition(type, query, placeOf(path), own);
    if (read.kind === 'condition') queries.push({ reference, condition: read.condition });
    else issues.push(issue(read.code, read.why, placeOf(path)));
  }
  return { queries, issues };
}

function urnIssues(reference: string, urns: UrnRule, at: string): Issue[] {
  if (urns.kind === 'entries') return [issue('not-found', 'no entry of the bundle has this fullUrl', at)];
  if (urns.kind === 'any' || !urns.fullUrls.has(targetKey(reference))) return [];
  return [issue('business-rule', 'entries of a batch cannot refer to each other; send a transaction', at)];
}

function cut(reference: string): string[] {
  const at = reference.indexOf('?');
  return [reference.slice(0, at), reference.slice(at + 1)];
}

function issue(code: Issue['code'], diagnostics: string, expression: string): Issue {
  return { severity: 'error', code, diagnostics, expression: [expression] };
}
