import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { everWritten, toClinical } from '../index.js';
import {
  administration,
  ATC,
  coded,
  CONTEXT,
  HOUR,
  period,
  quantity,
  reasonsOf,
  RXNORM,
  samplesOf,
  T0,
  UCUM,
} from './administration.fixture.js';

describe('a rate of insulin', () => {
  const rate = { dosage: { rateQuantity: quantity(0.02, '[IU]/min') }, effectiveDateTime: undefined };

  it('holds from its start, and is nothing from its end', () => {
    expect(samplesOf({ ...rate, effectivePeriod: period(T0, T0 + HOUR) })).toEqual([
      { c: 19, t: T0, i: 'MedicationAdministration/m1#insulin-basal-rate', x: 1.2, o: [0.02, '[IU]/min'] },
      { c: 19, t: T0 + HOUR, i: 'MedicationAdministration/m1#insulin-basal-rate~end', x: 0 },
    ]);
  });

  it.each(['stopped', 'on-hold'])('that was halted (%s) ran until then; without an end nobody knows', (status) => {
    const halted = { ...rate, status };
    expect(samplesOf({ ...halted, effectivePeriod: period(T0, T0 + HOUR) })).toMatchObject([
      { c: 19, t: T0, x: 1.2 },
      { c: 19, t: T0 + HOUR, x: 0 },
    ]);
    for (const end of [undefined, T0 + 48 * HOUR])
      expect(reasonsOf({ ...halted, effectivePeriod: period(T0, end) })).toEqual(['not-given .status']);
    const dosage = { ...rate.dosage, dose: quantity(4, 'U') };
    expect(reasonsOf({ ...halted, dosage, effectivePeriod: period(T0, T0 + HOUR) })).toEqual(['not-given .status']);
  });

  it('that goes on has no end yet, whatever is planned', () => {
    const running = { ...rate, status: 'in-progress' };
    expect(samplesOf({ ...running, effectivePeriod: period(T0) })).toMatchObject([{ t: T0, x: 1.2 }]);
    const planned = administration({ ...running, effectivePeriod: period(T0, T0 + 48 * HOUR) });
    const { samples, unmeasured } = toClinical(planned, CONTEXT);
    expect(samples).toMatchObject([{ t: T0, x: 1.2 }]);
    expect(unmeasured).toEqual([
      { reason: 'timestamp-in-future', expression: 'MedicationAdministration.effective.end' },
    ]);
  });

  it('as a ratio is the same', () => {
    const ratio = { numerator: quantity(6, 'U'), denominator: quantity(5, 'h') };
    expect(samplesOf({ dosage: { rateRatio: ratio } })).toMatchObject([{ c: 19, x: 1.2, o: [1.2, 'U/h'] }]);
    const none = { ...ratio, denominator: quantity(0, 'h') };
    expect(reasonsOf({ dosage: { rateRatio: none } })).toEqual(['value-missing .dosage.rate']);
    const volume = { numerator: quantity(50, 'mL'), denominator: quantity(5, 'h') };
    expect(reasonsOf({ dosage: { rateRatio: volume } })).toEqual(['unit-unknown .dosage.rate']);
  });

  it('beside a dose counts once: as a rate over time, as a dose at a time', () => {
    const both = { dosage: { dose: quantity(2, 'U'), rateQuantity: quantity(1, 'U/h') } };
    const infusion = administration({
      ...both,
      effectiveDateTime: undefined,
      effectivePeriod: period(T0, T0 + 2 * HOUR),
    });
    const long = toClinical(infusion, CONTEXT);
    expect(long.samples.map(({ c, x }) => [c, x])).toEqual([
      [19, 1],
      [19, 0],
    ]);
    expect(long.unmeasured).toMatchObject([{ reason: 'dose-and-rate' }]);
    const push = toClinical(administration(both), CONTEXT);
    expect(push.samples.map(({ c, x }) => [c, x])).toEqual([[18, 2]]);
    expect(push.unmeasured).toMatchObject([{ reason: 'dose-and-rate' }]);
  });
});

describe('any MedicationAdministration', () => {
  const anyQuantity = fc.record(
    {
      value: fc.oneof(fc.double(), fc.constantFrom(0, -1, 4.5, 1e308)),
      system: fc.constantFrom(UCUM, 'urn:x'),
      code: fc.constantFrom('U', '[IU]', '[IU]/h', 'U/min', 'mL', 'mg', ''),
      comparator: fc.constantFrom('<', '>='),
    },
    { requiredKeys: [] },
  );
  const anyTime = fc.constantFrom(
    '2026-02-28',
    '2026-02-28T10:00:00Z',
    '2026-02-28T13:00:00Z',
    'x',
    '2099-01-01T00:00:00Z',
  );
  const anyPart: fc.Arbitrary<object> = fc.record(
    {
      status: fc.constantFrom('completed', 'in-progress', 'not-done', 'entered-in-error', 'x'),
      medicationCodeableConcept: fc.constantFrom(
        {},
        { text: 'insulin' },
        coded(RXNORM, '86009'),
        coded(ATC, 'A10AE04'),
      ),
      medicationReference: fc.constantFrom({}, { reference: '#' }, { reference: 'Medication/1' }),
      contained: fc.constantFrom([], [{ resourceType: 'Medication' }], [{ resourceType: 'Medication', id: '' }]),
      effectiveDateTime: anyTime,
      effectivePeriod: fc.record({ start: anyTime, end: anyTime }, { requiredKeys: [] }),
      dosage: fc.record(
        {
          dose: anyQuantity,
          rateQuantity: anyQuantity,
          rateRatio: fc.record({ numerator: anyQuantity, denominator: anyQuantity }, { requiredKeys: [] }),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  );

  it('never throws, measures only what is possible, and can be taken back whole', () => {
    fc.assert(
      fc.property(anyPart, (part) => {
        const resource = administration(part);
        const { samples, unmeasured } = toClinical(resource, CONTEXT);
        const known = new Set(everWritten(resource, 1, T0).samples.map(({ i }) => i));
        for (const { c, x, i } of samples) {
          expect([18, 19]).toContain(c);
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x).toBeLessThanOrEqual(100);
          expect(known).toContain(i);
        }
        expect(new Set(samples.map(({ i }) => i)).size).toBe(samples.length);
        for (const { expression } of unmeasured) expect(expression).toMatch(/^MedicationAdministration\./);
      }),
      propertyRuns(300),
    );
  });
});
