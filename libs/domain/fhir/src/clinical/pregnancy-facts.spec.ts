import { describe, expect, it } from '@jest/globals';
import { toClinical, type JsonObject } from '../index.js';

const context = { version: 2, patientOfDevice: () => undefined };
const LOINC = 'http://loinc.org';

function status(over: object = {}): JsonObject {
  return JSON.parse(
    JSON.stringify({
      resourceType: 'Observation',
      id: 'o1',
      status: 'final',
      code: {
        coding: [
          { system: 'http://local', code: 'preg' },
          { system: LOINC, code: '82810-3' },
        ],
      },
      subject: { reference: 'Patient/p1' },
      effectiveDateTime: '2026-02-28',
      valueCodeableConcept: { coding: [{ system: LOINC, code: 'LA15173-0' }] },
      ...over,
    }),
  ) as JsonObject;
}

describe('pregnancy as a fact', () => {
  it('an observed status (LOINC 82810-3) is a fact, and no measurement that is missing', () => {
    const { facts, samples, unmeasured } = toClinical(status(), context);
    expect({ facts, samples, unmeasured }).toEqual({
      facts: [
        {
          fact: 'condition',
          reference: 'Observation/o1',
          version: 2,
          content: {
            code: { system: 'http://local', code: 'preg', also: [{ system: LOINC, code: '82810-3' }] },
            value: { system: LOINC, code: 'LA15173-0' },
            status: 'final',
          },
          from: Date.UTC(2026, 1, 28),
        },
      ],
      samples: [],
      unmeasured: [],
    });
  });

  it.each<[string, object, string]>([
    ['not yet a result', { status: 'registered' }, 'status-not-final'],
    ['entered in error', { status: 'entered-in-error' }, 'withdrawn'],
    ['an unknown modifier', { modifierExtension: [{ url: 'http://x', valueBoolean: true }] }, 'modifier-extension'],
    ['about the child', { focus: [{ reference: 'Patient/p2' }] }, 'focus-not-subject'],
    ['without a time', { effectiveDateTime: undefined }, 'timestamp-missing'],
  ])('is taken back, and listed, when it is %s', (_, over, reason) => {
    const { facts, unmeasured } = toClinical(status(over), context);
    expect(facts).toMatchObject([{ reference: 'Observation/o1', withdrawn: true }]);
    expect(unmeasured.map((one) => one.reason)).toEqual([reason]);
  });

  it('every coding of a condition is kept, up to five', () => {
    const coding = Array.from({ length: 9 }, (_, i) => ({ system: 'http://s', code: `c${i}` }));
    const { facts } = toClinical(
      { resourceType: 'Condition', id: 'c', subject: { reference: 'Patient/p1' }, code: { coding } },
      context,
    );
    expect(facts[0]!.content['code']).toEqual({ ...coding[0], also: coding.slice(1, 5) });
  });
});
