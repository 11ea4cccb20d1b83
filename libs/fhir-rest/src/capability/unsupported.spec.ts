import { expect, it } from '@jest/globals';
import { OutcomeProblem } from '../answers/outcome-problem.js';
import { requireId, requireType } from '../plan/read-request.js';
import { unsupported } from './unsupported.js';

it.each<[string, string, string]>([
  ['POST', '_history', 'GET, HEAD'],
  ['PUT', '_search', 'POST'],
  ['OPTIONS', 'Patient', 'GET, HEAD, POST, PUT, PATCH, DELETE'],
  ['POST', 'Patient/_history', 'GET, HEAD'],
  ['OPTIONS', 'Patient/$validate', 'POST'],
  ['OPTIONS', 'Observation/$lastn', 'GET, HEAD, POST'],
  ['PUT', 'Patient/p/$everything', 'GET, HEAD, POST'],
  ['GET', 'Patient/p/$validate', 'POST'],
])('%s %s: 405, %s are allowed', (method, path, allow) => {
  expect(unsupported(method, path)).toMatchObject({ status: 405, headers: { allow } });
});

it.each(['$export', 'Patient/$export', 'Patient/$everything', 'Patient/$lastn', 'Encounter/e/$everything'])(
  '%s is not offered: 400',
  (path) => {
    expect(unsupported('GET', path)).toMatchObject({ status: 400, headers: {} });
  },
);

/** What a route for a type or an id is given when another method of the path has a route of its own. */
it.each<[string, () => void, number, string | undefined]>([
  ['GET _search', () => requireType('_search'), 405, 'POST'],
  ['DELETE _history', () => requireType('_history'), 405, 'GET, HEAD'],
  ['GET Patient/_search', () => requireId('_search', 'Patient'), 405, 'POST'],
  ['DELETE Patient/_history', () => requireId('_history', 'Patient'), 405, 'GET, HEAD'],
  ['GET Patient/$validate', () => requireId('$validate', 'Patient'), 405, 'POST'],
  ['PUT Observation/$lastn', () => requireId('$lastn', 'Observation'), 405, 'GET, HEAD, POST'],
  ['GET Patient/$match', () => requireId('$match', 'Patient'), 400, undefined],
  ['GET $export', () => requireType('$export'), 400, undefined],
])('%s is refused', (_, run, status, allow) => {
  let thrown: unknown;
  try {
    run();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(OutcomeProblem);
  expect(thrown).toMatchObject(allow === undefined ? { status } : { status, headers: { allow } });
});
