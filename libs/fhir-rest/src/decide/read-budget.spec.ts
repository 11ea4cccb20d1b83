import { expect, it } from '@jest/globals';
import type { StepResult } from './decision.js';
import { ReadBudget } from './read-budget.js';

const resource = { type: 'Patient', id: 'a', version: 1, deleted: false, content: 'x'.repeat(40), lastUpdated: 0 };
const found: StepResult = { kind: 'found', resource };
const page: StepResult = { kind: 'page', content: 'y'.repeat(50), isHead: false };

it('refuses what the entries read beyond the maximum, and nothing else', () => {
  const budget = new ReadBudget(100);
  expect([budget.take(found, 0), budget.take(page, 1)]).toEqual([found, page]);
  expect(budget.take(found, 2)).toMatchObject({
    kind: 'refused',
    status: 413,
    issues: [{ code: 'too-costly', expression: ['Bundle.entry[2].request.url'] }],
  });
  expect(budget.take({ ...found, isHead: true }, 3)).toMatchObject({ kind: 'found' });
  expect(budget.take({ kind: 'deleted' }, 4)).toEqual({ kind: 'deleted' });
});
