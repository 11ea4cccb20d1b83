import { expect, it } from '@jest/globals';
import { patientMeant } from './patient-meant.js';

const found = (...ids: readonly string[]) => ids.map((patient) => ({ patient }));

it.each([
  ['p-1', found('p-1', 'p-10'), 'p-1'],
  ['Smith', found('p-7'), 'p-7'],
  ['Smith', found('p-7', 'p-8'), undefined],
  ['erased-1', [], 'erased-1'],
  ['nobody at all', [], undefined],
])('who types %j and finds %j means %j', (typed, whom, meant) => {
  expect(patientMeant(typed, whom)).toBe(meant);
});
