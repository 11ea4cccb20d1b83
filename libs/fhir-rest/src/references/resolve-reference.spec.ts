import { describe, expect, it } from '@jest/globals';
import { foreignBaseOf, resolveReference, targetKey } from './resolve-reference.js';

const own = ['https://ours.example/fhir/r4', 'http://10.0.0.1:3000/fhir/r4'];
const URN = 'urn:uuid:0c0a6f3e-0000-4000-8000-000000000001';
const targets = new Map([
  ['https://north.example/Patient/1', 'Patient/new-1'],
  ['https://south.example/Patient/1', 'Patient/new-2'],
  [URN, 'Patient/new-3'],
  ['https://ours.example/fhir/r4/Patient/own-1', 'Patient/new-5'],
  ['https://ours.example/fhir/r4/Patient/own-2', 'Patient/own-2'],
]);
const sentIds = new Map([['Patient/theirs', 'Patient/new-4']]);

describe('a reference', () => {
  it.each<[string, string | undefined, string]>([
    // Ours, however it is written.
    ['Patient/1', undefined, 'Patient/1'],
    ['Patient/1/', undefined, 'Patient/1'],
    ['Patient/1/_history/2', undefined, 'Patient/1/_history/2'],
    ['https://ours.example/fhir/r4/Patient/1', undefined, 'Patient/1'],
    ['http://OURS.example/fhir/r4/Patient/1/', undefined, 'Patient/1'],
    ['https://ours.example:443/fhir/r4/Patient/1/_history/2', undefined, 'Patient/1/_history/2'],
    ['http://10.0.0.1:3000/fhir/r4/Patient/1', undefined, 'Patient/1'],
    ['https://ours.example/fhir/r4/Patient/1', 'https://north.example', 'Patient/1'],
    // Of the same transaction.
    ['Patient/1', 'https://north.example', 'Patient/new-1'],
    ['Patient/1', 'https://south.example', 'Patient/new-2'],
    ['Patient/1/_history/7', 'https://south.example', 'Patient/new-2'],
    ['https://south.example/Patient/1/', undefined, 'Patient/new-2'],
    [URN, 'https://north.example', 'Patient/new-3'],
    ['Patient/theirs', undefined, 'Patient/new-4'],
    ['Patient/own-1', undefined, 'Patient/new-5'],
    ['https://ours.example/fhir/r4/Patient/own-1', undefined, 'Patient/new-5'],
    ['Patient/own-2/_history/3', undefined, 'Patient/own-2/_history/3'],
    // Elsewhere.
    ['Patient/2', 'https://north.example', 'https://north.example/Patient/2'],
    ['Patient/theirs', 'https://north.example', 'https://north.example/Patient/theirs'],
    ['https://north.example/fhir/r4/Patient/1', undefined, 'https://north.example/fhir/r4/Patient/1'],
    ['https://ours.example/other/Patient/1', undefined, 'https://ours.example/other/Patient/1'],
    [
      'https://ours.example.evil.example/fhir/r4/Patient/1',
      undefined,
      'https://ours.example.evil.example/fhir/r4/Patient/1',
    ],
    ['https://ours.example:8443/fhir/r4/Patient/1', undefined, 'https://ours.example:8443/fhir/r4/Patient/1'],
    // Neither.
    ['#p', 'https://north.example', '#p'],
    ['urn:oid:1.2.3', undefined, 'urn:oid:1.2.3'],
    ['/Patient/1', undefined, '/Patient/1'],
    ['Patient?identifier=urn:mrn|1', undefined, 'Patient?identifier=urn:mrn|1'],
  ])('%s in an entry of %s is %s', (sent, elsewhere, reference) => {
    expect(resolveReference(sent, { own, elsewhere, targets, sentIds }).reference).toBe(reference);
  });

  it.each([
    ['https://north.example/fhir/Patient/1', 'https://north.example/fhir'],
    ['https://north.example/Patient/1/_history/2', 'https://north.example'],
    ['https://ours.example/fhir/r4/Patient/1', undefined],
    [URN, undefined],
    [undefined, undefined],
  ])('the base of %s is %s', (fullUrl, base) => {
    expect(foreignBaseOf(fullUrl, own)).toBe(base);
  });

  it('a fullUrl is found without its version', () => {
    expect(targetKey('https://north.example/Patient/1/_history/2')).toBe('https://north.example/Patient/1');
  });
});
