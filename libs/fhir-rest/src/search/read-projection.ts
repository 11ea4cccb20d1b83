import { parseSearch, type SearchParameterValue } from '#libs/fhir-search';
import { oneIssue, refusal } from '../answers/refusal.js';
import type { Projection } from '../projection/project-resource.js';
import { requireTaken, type Handling } from './handling.js';

const TAKEN = ['_summary', '_elements', '_format', '_pretty'];

/** Which part of a resource a read asks for: `_summary` and `_elements`; it takes no other parameters. @throws OutcomeProblem 400 */
export function readProjection(
  type: string,
  parameters: readonly SearchParameterValue[],
  handling: Handling = 'lenient',
): Projection {
  requireTaken(parameters, TAKEN, handling);
  const asked = parameters.filter(({ name }) => name === '_summary' || name === '_elements');
  if (asked.length === 0) return { summary: 'false', elements: [] };
  const parsed = parseSearch(type, asked, { handling: 'strict', maxCount: 1, defaultCount: 1, ownBases: [] });
  if (parsed.kind === 'refused') throw refusal(400, parsed.issues);
  if (parsed.query.summary === 'count') throw oneIssue(400, 'value', '_summary=count is for searches', 'http._summary');
  return parsed.query;
}
