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
  if (isOperation(type)) return id === undefined ? operationRefused(method, type, SYSTEM_LEVEL) : notOffered(type);
  if (!isResourceType(type)) return oneIssue(404, 'not-supported', 'not a resource type of R4');
  // Conditional writes have the path of the type, too.
  if (id === undefined) return notTaken(method, 'GET, HEAD, POST, PUT, PATCH, DELETE');
  if (isOperation(id)) return third === undefined ? operationRefused(method, id, typeLevel(type)) : notOffered(id);
  if (third === undefined) return notTaken(method, 'GET, HEAD, PUT, PATCH, DELETE');
  if (isOperation(third) && third !== '_history') return operationRefused(method, third, instanceLevel(type));
  if (isResourceType(third) || third === '*') return notTaken(method, 'GET, HEAD');
  if (third === '_history' && path.split('/').length < 5) return notTaken(method, 'GET, HEAD');
  return oneIssue(404, 'not-found', 'there is nothing at this path');
}

/** Methods of each operation that is served, by its name. */
type Methods = Readonly<Record<string, string>>;
const SYSTEM_LEVEL: Methods = { _history: 'GET, HEAD', _search: 'POST' };

function typeLevel(type: string): Methods {
  const all: Methods = { ...SYSTEM_LEVEL, $validate: 'POST' };
  return type === 'Observation' ? { ...all, $lastn: 'GET, HEAD, POST' } : all;
}

function instanceLevel(type: string): Methods {
  const all: Methods = { $validate: 'POST' };
  return type === 'Patient' ? { ...all, $everything: 'GET, HEAD, POST' } : all;
}

/** The path of an operation that a route of another method may serve. */
function operationRefused(method: string, name: string, served: Methods): OutcomeProblem {
  const allow = Object.hasOwn(served, name) ? served[name] : undefined;
  return allow === undefined ? notOffered(name) : notTaken(method, allow);
}

/** The refusal of a method for what stands where an id belongs: `_search`, `$validate`. */
export function operationOfType(type: string, name: string): OutcomeProblem {
  return operationRefused('', name, typeLevel(type));
}

/** The refusal of a method for what stands where a type belongs: `_search`, `_history`. */
export function operationOfSystem(name: string): OutcomeProblem {
  return operationRefused('', name, SYSTEM_LEVEL);
}

/** `$everything`, `_search`, `_history`: no type and no id. */
export function isOperation(segment: string): boolean {
  return segment.startsWith('$') || segment === '_search' || segment === '_history';
}

function notOffered(what: string): OutcomeProblem {
  const name = /^[$_]?[A-Za-z][A-Za-z -]{0,40}$/.test(what) ? what : 'this operation';
  return oneIssue(400, 'not-supported', `${name} is not supported here`);
}

/** A method that a path of ours does not take. */
export function notTaken(method: string, allow: string): OutcomeProblem {
  const text = `${/^[A-Z]{3,8}$/.test(method) ? method : 'the method'} is not supported at this path`;
  return oneIssue(405, 'not-supported', text, undefined, { allow });
}
