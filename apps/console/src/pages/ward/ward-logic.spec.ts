import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isFound } from './ward-filter.js';
import { inOrder, ORDERS, withHeld } from './ward-order.js';
import { SILENT_AFTER_MS, standingOf, type WardPatient } from './ward-patient.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const ago = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();
const NONE = { high: 0, medium: 0, low: 0 };

function patientOf(patient: string, more: Partial<WardPatient> = {}): WardPatient {
  return {
    patient,
    version: 1,
    name: patient,
    identifier: null,
    bed: null,
    asOf: ago(1),
    vitals: [],
    news2: null,
    alerts: NONE,
    forecast: null,
    monitoring: 'on',
    ...more,
  };
}
const bed = (name: string): Partial<WardPatient> => ({ bed: { reference: 'Location/x', name } });
const news2 = (score: number): Partial<WardPatient> => ({ news2: { score, effectiveAt: ago(1), missing: [] } });
const ids = (patients: readonly WardPatient[]): string => patients.map(({ patient }) => patient).join(' ');

describe('how a patient stands', () => {
  const heart = {
    code: 'heart-rate',
    title: 'Heart rate',
    value: 70,
    unit: '/min',
    effectiveAt: ago(0),
    quality: 'good' as const,
    stale: false,
    freshSeconds: 900,
    trend: null,
  };

  it('is stale and silent by the time of the server, while nothing comes', () => {
    const patient = patientOf('a', { asOf: ago(0), vitals: [heart] });
    expect(standingOf(patient, NOW + 900_000)).toMatchObject({ isSilent: false, stale: [] });
    expect(standingOf(patient, NOW + SILENT_AFTER_MS + 1)).toMatchObject({ isSilent: true, stale: ['heart-rate'] });
    const charted = patientOf('a', { vitals: [{ ...heart, freshSeconds: 43_200 }] });
    expect(standingOf(charted, NOW + 3_600_000).stale).toEqual([]);
  });

  it('is silent when nothing ever came', () => {
    expect(standingOf(patientOf('a', { asOf: null }), NOW).isSilent).toBe(true);
  });

  it('has the highest severity, none where alerts may not be seen', () => {
    expect(standingOf(patientOf('a', { alerts: { high: 0, medium: 1, low: 4 } }), NOW).severity).toBe('medium');
    expect(standingOf(patientOf('a', { alerts: null }), NOW).severity).toBeUndefined();
  });
});

describe('the order of a ward', () => {
  it('by need is by severity, then NEWS2, then silence, then bed', () => {
    const ward = [
      patientOf('bed10', bed('Bed 10')),
      patientOf('bed2', bed('Bed 2')),
      patientOf('no-bed'),
      patientOf('silent', { ...bed('Bed 99'), asOf: ago(20) }),
      patientOf('news5', news2(5)),
      patientOf('news0', news2(0)),
      patientOf('low', { alerts: { ...NONE, low: 9 }, ...news2(12) }),
      patientOf('high', { alerts: { ...NONE, high: 1 } }),
      patientOf('medium', { alerts: { ...NONE, medium: 3 } }),
    ];
    expect(ids(inOrder(ward, 'need', NOW))).toBe('high medium low news5 news0 silent bed2 bed10 no-bed');
  });

  it('by bed is natural, by name without regard to case; without either last', () => {
    const ward = [
      patientOf('a', { name: 'zoe', ...bed('B10') }),
      patientOf('b', { name: null, ...bed('b2') }),
      patientOf('c', { name: 'Émile' }),
      patientOf('d', { name: 'eve', ...bed('A12') }),
    ];
    expect(ids(inOrder(ward, 'bed', NOW))).toBe('d b a c');
    expect(ids(inOrder(ward, 'name', NOW))).toBe('c d a b');
  });

  const wards = fc.uniqueArray(
    fc.record({
      patient: fc.string({ minLength: 1, maxLength: 4 }),
      name: fc.option(fc.constantFrom('a', 'B', 'é')),
      bed: fc.option(fc.record({ reference: fc.constant('x'), name: fc.constantFrom('1', '2', '10') })),
      news2: fc.option(
        fc.record({ score: fc.nat(3), effectiveAt: fc.constant(ago(1)), missing: fc.constant<string[]>([]) }),
      ),
      alerts: fc.option(fc.record({ high: fc.nat(1), medium: fc.nat(1), low: fc.nat(1) })),
      asOf: fc.option(fc.constantFrom(ago(1), ago(30))),
    }),
    { selector: ({ patient }) => patient, maxLength: 12 },
  );

  it('has one order for identifiers that differ by case or by what is not seen only', () => {
    const ward = ['H', 'h', 'h\u00ad', 'é', 'e'].map((id) => patientOf(id, { name: null }));
    for (const order of ORDERS)
      expect(ids(inOrder(ward.toReversed(), order, NOW))).toBe(ids(inOrder(ward, order, NOW)));
  });

  it('does not depend on the order in which patients came', () => {
    fc.assert(
      fc.property(wards, fc.constantFrom(...ORDERS), (some, order) => {
        const ward = some.map(({ patient, ...more }) => patientOf(patient, more));
        expect(inOrder(ward.toReversed(), order, NOW).map(({ bed: at, name }) => [at, name])).toEqual(
          inOrder(ward, order, NOW).map(({ bed: at, name }) => [at, name]),
        );
        expect(new Set(inOrder(ward, order, NOW))).toEqual(new Set(ward));
      }),
      { numRuns: 100 },
    );
  });

  it('leaves the tile that is pointed at where it is, and the others in order', () => {
    fc.assert(
      fc.property(wards, fc.nat(11), fc.nat(14), (some, which, index) => {
        const ward = some.map(({ patient, ...more }) => patientOf(patient, more));
        const ordered = inOrder(ward, 'need', NOW);
        const one = ordered[which];
        if (one === undefined) {
          expect(withHeld(ordered, [{ patient: 'nobody at all', index }])).toEqual(ordered);
          return;
        }
        const held = withHeld(ordered, [{ patient: one.patient, index }]);
        expect(held.indexOf(one)).toBe(Math.min(index, ward.length - 1));
        expect(held.filter((other) => other !== one)).toEqual(ordered.filter((other) => other !== one));
      }),
      { numRuns: 100 },
    );
  });
});

describe('two tiles that are held', () => {
  it('both stay where they are', () => {
    const ordered = ['a', 'b', 'c', 'd', 'e'].map((id) => patientOf(id));
    const held = [
      { patient: 'b', index: 3 },
      { patient: 'e', index: 0 },
    ];
    expect(ids(withHeld(ordered, held))).toBe('e a c b d');
  });
});

describe('a search on the ward', () => {
  const ada = patientOf('p-17', {
    name: 'Ada Émilie van-der Berg',
    identifier: { system: null, value: 'MRN 4711' },
    ...bed('Bed 12'),
    alerts: { ...NONE, medium: 1 },
  });
  it.each([
    ['', true],
    ['  ', true],
    ['ada', true],
    ['EMILIE', true],
    ['berg ada', true],
    ['der', true],
    ['4711', true],
    ['bed 12', true],
    ['p-17', true],
    ['da', false],
    ['ada bob', false],
  ])('for "%s" finds: %s', (search, found) => {
    expect(isFound(ada, { search, severities: [] })).toBe(found);
  });

  it('leaves those whose highest severity is asked for', () => {
    expect(isFound(ada, { search: '', severities: ['high', 'medium'] })).toBe(true);
    expect(isFound(ada, { search: '', severities: ['high'] })).toBe(false);
    expect(isFound(patientOf('b'), { search: '', severities: ['low'] })).toBe(false);
  });
});
