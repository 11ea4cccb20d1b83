import { describe, expect, it } from '@jest/globals';
import { IdempotencyKey } from './data/idempotency-key.js';
import { factText } from './fact-text.js';

describe('facts in words', () => {
  it.each([
    [{ birthDate: '1980-05-06', gender: 'female', active: true }, 'born 1980-05-06, female'],
    [{ deceased: true, active: false }, 'deceased, record not active'],
    [
      {
        code: { system: 'http://snomed.info/sct', code: '44054006', display: 'Type 2 diabetes' },
        clinicalStatus: 'active',
      },
      'Type 2 diabetes, active',
    ],
    [{ medication: { code: 'A10AB05' }, doNotPerform: true }, 'A10AB05, do not perform'],
    [{ status: 'in-progress', start: '2026-11-30T11:54:14.756Z' }, 'in-progress'],
    [{}, 'Patient/p1'],
    [undefined, 'Patient/p1'],
  ])('%j is %s', (content, text) => {
    expect(factText({ kind: 'condition', reference: 'Patient/p1', content })).toBe(text);
  });
});

describe('the key of an act', () => {
  it('stays for the same request until it is done, and changes with the request', () => {
    const key = new IdempotencyKey();
    const first = key.for({ value: 1 });
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(key.for({ value: 1 })).toBe(first);
    const changed = key.for({ value: 2 });
    expect(changed).not.toBe(first);
    key.done();
    expect(key.for({ value: 2 })).not.toBe(changed);
  });
});
