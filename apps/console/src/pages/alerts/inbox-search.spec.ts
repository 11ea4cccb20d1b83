import { expect, it } from '@jest/globals';
import { inboxSearch } from './inbox-search.js';

it('reads filters from an address and leaves out what is none', () => {
  expect(inboxSearch({ status: 'snoozed', severity: 'high', patient: 'p-1' })).toEqual({
    status: 'snoozed',
    severity: 'high',
    patient: 'p-1',
  });
  expect(inboxSearch({ patient: 42 })).toEqual({ patient: '42' });
  expect(inboxSearch({ status: 'gone', severity: 1, patient: '<b>', other: 'x' })).toEqual({});
});
