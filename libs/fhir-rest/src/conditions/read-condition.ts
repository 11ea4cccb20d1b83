import type { IssueCode } from '#libs/domain/fhir';
import { parseCriteria } from '#libs/fhir-search';
import type { OwnBases } from '../references/own-base.js';
import type { Condition } from './condition.js';

export type ConditionRead =
  | { readonly kind: 'condition'; readonly condition: Condition }
  | { readonly kind: 'bad'; readonly status: number; readonly code: IssueCode; readonly why: string };

/** Of the answer, beside a condition in a URL. */
const FORMS = new Set(['_format', '_pretty']);
/** Longer than any condition that means one resource; an identifier alone may be long. */
const MAX_QUERY = 16_384;

/**
 * Reads the query of a conditional interaction or reference. One that would match all resources of the type is refused: empty, or of
 * parameters that say nothing of a resource. So is one of which a part would be ignored: it would match more than the client means.
 *
 * @param query with or without its `?`
 * @param at FHIRPath of the place, for errors
 */
export function readCondition(type: string, query: string, at: string, own: OwnBases): ConditionRead {
  if (query.length > MAX_QUERY) return bad(400, 'too-long', `a condition may have at most ${MAX_QUERY} characters`);
  const parameters = [...new URLSearchParams(query.replace(/^\?/, ''))]
    .filter(([name]) => !FORMS.has(name))
    .map(([name, value]) => ({ name, value }));
  if (parameters.length === 0) {
    return bad(412, 'value', 'the condition is not selective: it would match every resource of the type');
  }
  const parsed = parseCriteria(type, parameters, { ownBases: own });
  if (parsed.kind === 'ok') {
    return {
      kind: 'condition',
      condition: { type, query: { type, conditions: parsed.conditions }, key: parsed.key, at },
    };
  }
  const [first] = parsed.issues;
  // What is wrong begins with the name of the parameter.
  const why = first?.diagnostics ?? 'the query cannot be read';
  return bad(400, first?.code ?? 'invalid', `the condition is no search: ${why}`);
}

function bad(status: number, code: IssueCode, why: string): ConditionRead {
  return { kind: 'bad', status, code, why };
}
