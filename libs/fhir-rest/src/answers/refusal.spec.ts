import { expect, it } from '@jest/globals';
import type { StepResult } from '../decide/decision.js';
import { refusalOf } from './refusal.js';

const refused = (status: number, code: 'not-found' | 'multiple-matches' | 'value'): StepResult => ({
  kind: 'refused',
  status,
  issues: [{ severity: 'error', code, diagnostics: 'x', expression: ['Bundle.entry[0]'] }],
});

it.each<[string, readonly StepResult[], number | undefined, readonly string[]]>([
  ['nothing refused', [{ kind: 'deleted' }], undefined, []],
  ['one status', [refused(422, 'not-found'), refused(422, 'value')], 422, ['not-found', 'value']],
  ['several', [refused(422, 'not-found'), refused(404, 'not-found')], 400, ['not-found', 'not-found']],
  [
    'a condition that many match, and a reference to its entry',
    [refused(422, 'not-found'), refused(412, 'multiple-matches')],
    412,
    ['multiple-matches'],
  ],
])('the refusal of a transaction: %s', (_, results, status, codes) => {
  const problem = refusalOf(results);
  expect(problem?.status).toBe(status);
  const { issue = [] } = (problem?.outcome ?? {}) as { issue?: readonly { code: string }[] };
  expect(issue.map(({ code }) => code)).toEqual(codes);
});
