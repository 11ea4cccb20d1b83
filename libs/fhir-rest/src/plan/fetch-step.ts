import { OutcomeProblem } from '../answers/outcome-problem.js';
import { entryRefusal } from '../answers/entry-refusal.js';
import type { FetchEntry } from '../entries/entry.js';
import { isWhole, type Projection } from '../projection/project-resource.js';
import type { Handling } from '../search/handling.js';
import { readProjection } from '../search/read-projection.js';
import { searchParametersOf } from '../search/search-text.js';
import type { Step } from './step.js';

/** The step of a GET or HEAD of a bundle; refused where its url asks for a part of the resource that cannot be given. */
export function fetchStep(entry: FetchEntry, handling: Handling): Step {
  try {
    return stepOf(entry, handling);
  } catch (error) {
    if (error instanceof OutcomeProblem) return entryRefusal(error, entry.index);
    throw error;
  }
}

function stepOf({ index, method, url, ifNoneMatch, ifModifiedSince }: FetchEntry, handling: Handling): Step {
  const head = { index, at: `Bundle.entry[${index}]`, isHead: method === 'HEAD' };
  switch (url.kind) {
    case 'instance':
    case 'version': {
      const { type, id } = url;
      const read = { ...head, type, id, ...projectionOf(type, url.query, handling), ifNoneMatch, ifModifiedSince };
      return url.kind === 'instance' ? { kind: 'read', ...read } : { kind: 'vread', ...read, version: url.version };
    }
    case 'type':
      return {
        kind: 'search',
        ...head,
        type: url.type,
        target: { kind: 'type', type: url.type },
        query: url.query ?? '',
      };
    case 'system':
      return { kind: 'search', ...head, type: '', target: { kind: 'system' }, query: url.query };
    case 'compartment': {
      const { of, id, members, query = '' } = url;
      const target = { kind: 'compartment', of, id, type: members } as const;
      return { kind: 'search', ...head, type: members === '*' ? '' : members, target, query };
    }
    case 'everything':
      return { kind: 'search', ...head, type: '', target: { kind: 'everything', id: url.id }, query: url.query ?? '' };
    case 'last':
      return { kind: 'search', ...head, type: 'Observation', target: { kind: 'last' }, query: url.query ?? '' };
    case 'history':
      return { kind: 'history', ...head, type: url.type, id: url.id, query: url.query };
  }
}

/** @throws OutcomeProblem 400 */
function projectionOf(
  type: string,
  query: string | undefined,
  handling: Handling,
): { readonly projection?: Projection } {
  if (query === undefined) return {};
  const projection = readProjection(type, searchParametersOf(query), handling);
  return isWhole(projection) ? {} : { projection };
}
