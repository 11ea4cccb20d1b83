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
    [{ criticality: 'high' }, 'high criticality'],
    [
      { code: { display: 'Asthma' }, clinicalStatus: 'resolved', abatement: '2020-01-02T03:04:05Z' },
      'Asthma, resolved, ended 2020-01-02',
    ],
    [{ deceased: '2026-11-30' }, 'died 2026-11-30'],
    [{ onset: '2019' }, '2019'],
    [{}, 'Patient/p1'],
    [undefined, 'Patient/p1'],
  ])('%j is %s', (content, text) => {
    expect(factText({ kind: 'condition', reference: 'Patient/p1', content })).toBe(text);
  });
});

describe('codes of FHIR in facts', () => {
  it.each([
    ['encounter', { status: 'in-progress', class: 'IMP', start: '2026-11-30T11:54:14.756Z' }, 'in progress, inpatient'],
    [
      'encounter',
      { status: 'finished', class: 'AMB', end: '2026-11-30T12:00:00Z' },
      'finished, outpatient, ended 2026-11-30',
    ],
    ['encounter', { class: 'X-OWN' }, 'X-OWN'],
    [
      'medication',
      { medication: { display: 'Insulin' }, status: 'on-hold', intent: 'order' },
      'Insulin, on hold, ordered',
    ],
    ['device', { status: 'active' }, 'd1, in use'],
    ['device', { status: 'inactive', manufacturer: 'Acme-Med' }, 'not in use, Acme-Med'],
    ['demographics', { gender: 'constructor' }, 'constructor'],
  ])('are words: %s %j', (kind, content, text) => {
    expect(factText({ kind, reference: 'Device/d1', from: '2026-11-30T11:54:14.756Z', content })).toBe(text);
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
