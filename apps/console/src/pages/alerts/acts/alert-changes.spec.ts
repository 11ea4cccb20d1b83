import { expect, it } from '@jest/globals';
import type { Alert } from '../../../api/alert.js';
import { alertChanges } from './alert-changes.js';

const seen = { severity: 'medium', status: 'open', summary: 'Glucose 66 mg/dL.', sequence: 1 } as Alert;

it('says what of an alert changed since it was seen, and nothing of what did not', () => {
  expect(alertChanges(seen, { ...seen, sequence: 2 })).toEqual([]);
  const current: Alert = {
    ...seen,
    sequence: 3,
    severity: 'high',
    summary: 'Glucose 50 mg/dL.',
    recurring: { count: 3, since: '2026-03-01T00:00:00Z' },
  };
  expect(alertChanges(seen, current)).toEqual([
    { what: 'severity', before: 'medium', after: 'high' },
    { what: 'summary', before: 'Glucose 66 mg/dL.', after: 'Glucose 50 mg/dL.' },
    { what: 'recurring', before: '1', after: '3' },
  ]);
});
