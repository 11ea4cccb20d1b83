import { describe, expect, it } from '@jest/globals';
import { bedOf, patientLabel } from './patient-label.js';

describe('the label of a patient', () => {
  it.each([
    ['its text', [{ text: ' Ada  Quill ' }], 'Ada  Quill'],
    ['given names and family', [{ given: ['Ada', 'May'], family: 'Quill' }], 'Ada May Quill'],
    ['a family alone', [{ family: 'Quill' }], 'Quill'],
    [
      'the official name before others',
      [{ use: 'nickname', text: 'A' }, { text: 'B' }, { use: 'official', text: 'C' }],
      'C',
    ],
    ['the usual name before one without use', [{ text: 'B' }, { use: 'usual', text: 'D' }], 'D'],
    ['an old name where there is no other', [{ use: 'old', family: 'Quill' }], 'Quill'],
    [
      'the next where the first is empty',
      [
        { use: 'official', text: '  ' },
        { use: 'old', text: 'E' },
      ],
      'E',
    ],
    ['markup and marks of direction as sent', [{ text: '<b>A</b>\u202Eb' }], '<b>A</b>\u202Eb'],
    ['nothing where there is none', [], null],
  ])('shows %s', (_, name, shown) => {
    expect(patientLabel({ resourceType: 'Patient', name }).name).toBe(shown);
  });

  it.each([
    [
      'of type MR',
      [
        { use: 'official', system: 's', value: '1' },
        { type: { coding: [{ code: 'MR' }] }, value: '2' },
      ],
      { system: null, value: '2' },
    ],
    [
      'in use',
      [
        { use: 'old', value: '1' },
        { system: 'urn:x', value: '2' },
      ],
      { system: 'urn:x', value: '2' },
    ],
    ['that has a value', [{ system: 'urn:x' }], null],
  ])('shows the identifier %s', (_, identifier, shown) => {
    expect(patientLabel({ resourceType: 'Patient', identifier }).identifier).toEqual(shown);
  });
});

describe('the bed of an encounter', () => {
  const at = (n: number, more: object = {}) => ({ location: { reference: `Location/${n}` }, ...more });
  it.each([
    [
      'the newest that is active',
      [
        at(1, { status: 'active', period: { start: '2026-01-02T00:00:00Z' } }),
        at(2, { status: 'active', period: { start: '2026-01-01' } }),
      ],
      'Location/1',
    ],
    ['the last of those without a time', [at(1), at(2)], 'Location/2'],
    [
      'none that is planned, reserved or completed',
      [at(1, { status: 'planned' }), at(2, { status: 'completed' }), at(3, { status: 'reserved' })],
      undefined,
    ],
    ['none that has ended', [at(1), at(2, { period: { end: '2026-01-01' } })], 'Location/1'],
    [
      'none whose meaning is changed',
      [at(1), at(2, { modifierExtension: [{ url: 'u', valueBoolean: true }] })],
      'Location/1',
    ],
    ['none that is named only', [{ location: { display: 'Bed 7' } }], undefined],
  ])('is %s', (_, location, reference) => {
    expect(bedOf({ resourceType: 'Encounter', location })?.reference).toBe(reference);
  });
});
