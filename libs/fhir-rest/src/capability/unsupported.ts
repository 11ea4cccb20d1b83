import { isResourceType } from '#libs/domain/fhir';
import { oneIssue } from '../answers/refusal.js';
import type { OutcomeProblem } from '../answers/outcome-problem.js';

/**
 * The refusal of a request that no route takes. What FHIR has and this server has not is `not-supported`, never "not found": 405 for
 * a method that a path of ours does not take, 400 for an interaction or operation. Types that R4 has not, and paths that FHIR has not,
 * are 404.
 *
 * @param path below `/fhir/r4`, without slashes around it
 */
export function unsupported(method: string, path: string): OutcomeProblem {
  const [type = '', id, third] = path.split('/');
  if (path === '' || path === 'metadata') return notTaken(method, path === '' ? 'GET, HEAD, POST' : 'GET, HEAD');
  if (path === '_history') return notTaken(method, 'GET, HEAD');
  if (isOperation(type)) return notOffered(type);
  if (!isResourceType(type)) return oneIssue(404, 'not-supported', 'not a resource type of R4');
  if (id === undefined) return notTaken(method, 'GET, HEAD, POST');
  if (id === '_history' && third === undefined) return notTaken(method, 'GET, HEAD');
  if (isOperation(id)) return notOffered(id);
  if (third === undefined) return notTaken(method, 'GET, HEAD, PUT, PATCH, DELETE');
  if (isOperation(third) && third !== '_history') return notOffered(third);
  if (isResourceType(third) || third === '*') return notTaken(method, 'GET, HEAD');
  if (third === '_history' && path.split('/').length < 5) return notTaken(method, 'GET, HEAD');
  return oneIssue(404, 'not-found', 'there is nothing at this path');
}

/** `$everything`, `_search`, `_history`: no type and no id. */
export function isOperation(segment: string): boolean {
  return segment.startsWith('$') || segment === '_search' || segment === '_history';
}

export function notOffered(what: string): OutcomeProblem {
  const name = /^[$_]?[A-Za-z][A-Za-z -]{0,40}$/.test(what) ? what : 'this operation';
  return oneIssue(400, 'not-supported', `${name} is not supported here`);
}

/** A method that a path of ours does not take. */
export function notTaken(method: string, allow: string): OutcomeProblem {
  const text = `${/^[A-Z]{3,8}$/.test(method) ? method : 'the method'} is not supported at this path`;
  return oneIssue(405, 'not-supported', text, undefined, { allow });
}
