import { parseSearch, type SearchParameterValue } from '#libs/fhir-search';
import { oneIssue, refusal } from '../answers/refusal.js';
import type { Projection } from '../projection/project-resource.js';

/** Which part of a resource a read asks for: `_summary` and `_elements`; other parameters of its URL are none of it. */
export function readProjection(type: string, parameters: readonly SearchParameterValue[]): Projection {
  const asked = parameters.filter(({ name }) => name === '_summary' || name === '_elements');
  if (asked.length === 0) return { summary: 'false', elements: [] };
  const parsed = parseSearch(type, asked, { handling: 'strict', maxCount: 1, defaultCount: 1, ownBases: [] });
  if (parsed.kind === 'refused') throw refusal(400, parsed.issues);
  if (parsed.query.summary === 'count') throw oneIssue(400, 'value', '_summary=count is for searches', 'http._summary');
  return parsed.query;
}
