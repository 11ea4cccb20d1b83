import type { IssueCode } from '#libs/domain/fhir';
import type { Condition as SearchCondition } from '#libs/fhir-search';
import type { Condition } from './condition.js';

export type ConditionRead =
  | { readonly kind: 'condition'; readonly condition: Condition }
  | { readonly kind: 'bad'; readonly status: number; readonly code: IssueCode; readonly why: string };

/** Longer than any condition that means one resource. */
const MAX_QUERY = 4096;

/**
 * Reads the query of a conditional interaction or reference. One that would match all resources of the type is refused: empty, or of
 * parameters that say nothing of a resource.
 *
 * @param query with or without its `?`
 * @param at FHIRPath of the place, for errors
 */
export function readCondition(type: string, query: string, at: string): ConditionRead {
  if (query.length > MAX_QUERY) return bad(400, 'too-long', `a condition may have at most ${MAX_QUERY} characters`);
  const conditions: SearchCondition[] = [];
  for (const [name, value] of new URLSearchParams(query.replace(/^\?/, ''))) {
    if (name !== 'identifier' || (type !== 'Patient' && type !== 'Device'))
      return bad(400, 'not-supported', 'a condition may ask for identifier only');
    const bar = value.indexOf('|');
    const code = value.slice(bar + 1);
    if (bar === -1) return bad(400, 'not-supported', 'an identifier of a condition needs its system: system|value');
    if (code === '') return bad(412, 'value', 'the identifier of the condition has no value');
    conditions.push({
      kind: 'token',
      parameter: name,
      not: false,
      values: [{ system: value.slice(0, bar), code }],
    });
  }
  if (conditions.length > 1) return bad(400, 'not-supported', 'a condition may ask for one identifier only');
  if (conditions.length === 0) return bad(412, 'value', 'the condition is empty: it would match every resource');
  const key = `${type}?${JSON.stringify(conditions)}`;
  const rest = { sort: [], count: 1, total: 'none', includes: [], summary: 'false', elements: [], used: [] } as const;
  return { kind: 'condition', condition: { type, query: { type, conditions, ...rest }, key, at } };
}

function bad(status: number, code: IssueCode, why: string): ConditionRead {
  return { kind: 'bad', status, code, why };
}
