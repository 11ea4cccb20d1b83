import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseJson, type JsonObject } from '#libs/domain/fhir';
import { validate } from '#libs/fhir-validation';
import { CATALOGUE, measureByName } from '#libs/domain/quantities';
import { propertyRuns } from '#libs/testing/properties';
import { isMadeHere } from './mark.js';
import { isMeasurementId, measurementKeyOf, observationIdOf } from './measurement-id.js';
import { storedObservation, type MeasuredValue } from './measurement-observation.js';

const VALUE: MeasuredValue = {
  twin: '12',
  identity: 'a3b1c2d4-1111-8222-8333-0000000000aa',
  sourced: false,
  code: measureByName('heart-rate')!.number,
  effectiveAt: Date.UTC(2026, 10, 29, 6),
  version: 1,
  patient: 'p1',
  receivedAt: Date.UTC(2026, 10, 29, 6, 0, 1),
  recordedAt: Date.UTC(2026, 10, 29, 6, 0, 2),
  judgedAt: null,
  value: 61,
  comparator: null,
  series: null,
  periodMs: null,
  channel: null,
  quality: 0,
  qualityReasons: null,
  retracted: false,
  source: 'watch-7',
  device: '',
};

function observed(over: Partial<MeasuredValue>): JsonObject {
  const stored = storedObservation({ ...VALUE, ...over });
  const parsed = parseJson(stored.content);
  expect(parsed.ok && validate(parsed.value)).toEqual([]);
  expect(isMadeHere(stored.content)).toBe(true);
  return (parsed as { value: JsonObject }).value;
}

describe('a measurement as an Observation', () => {
  it('is a final vital sign with LOINC, UCUM, time, subject and sender', () => {
    expect(observed({})).toEqual({
      resourceType: 'Observation',
      id: observationIdOf(VALUE),
      meta: {
        versionId: '1',
        lastUpdated: '2026-11-29T06:00:02.000Z',
        tag: [expect.objectContaining({ code: 'made-here' })],
      },
      identifier: [{ system: 'urn:homeostat:measurement', value: VALUE.identity }],
      status: 'final',
      category: [{ coding: [expect.objectContaining({ code: 'vital-signs' })] }],
      code: {
        coding: [
          { system: 'http://loinc.org', code: '8867-4' },
          { system: 'urn:homeostat:measure', code: 'heart-rate', display: 'Heart rate' },
        ],
        text: 'Heart rate',
      },
      subject: { reference: 'Patient/p1' },
      effectiveDateTime: '2026-11-29T06:00:00.000Z',
      issued: '2026-11-29T06:00:02.000Z',
      valueQuantity: { value: 61, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
      device: { type: 'Device', identifier: { system: 'urn:homeostat:source', value: 'watch-7' }, display: 'watch-7' },
    });
  });

  it('says what was corrected and what was taken back', () => {
    expect(observed({ version: 2 })).toMatchObject({ status: 'corrected', meta: { versionId: '2' } });
    expect(observed({ version: 3, retracted: true })).toMatchObject({ status: 'entered-in-error' });
  });

  it('shows a doubtful value with its reason, and no value of bad quality', () => {
    const doubtful = observed({ quality: 1, qualityReasons: ['spike'] });
    expect(doubtful).toMatchObject({ valueQuantity: { value: 61 }, interpretation: [{ text: 'Quality doubtful' }] });
    expect(doubtful['note']).toEqual([{ text: 'quality doubtful: spike' }]);
    const bad = observed({ quality: 2, qualityReasons: ['motion'] });
    expect(bad).toMatchObject({
      dataAbsentReason: { coding: [{ code: 'error' }] },
      note: [{ text: 'quality bad: motion' }],
    });
    expect(bad).not.toHaveProperty('valueQuantity');
  });

  it('keeps bounds, and refers to a Device that was named', () => {
    expect(observed({ comparator: '<', device: 'pump-1' })).toMatchObject({
      valueQuantity: { comparator: '<' },
      device: { reference: 'Device/pump-1' },
    });
  });

  it('is SampledData for a wave, with the code of its lead, and for intervals, which have no period', () => {
    const ecg = { code: measureByName('ecg')!.number, value: null, channel: 'II' };
    expect(observed({ ...ecg, series: [0.1, -1e-7, 2e21], periodMs: 4 })).toMatchObject({
      code: { coding: [{ system: 'urn:iso:std:iso:11073:10101', code: '131330' }, { code: 'ecg' }] },
      valueSampledData: {
        origin: { value: 0, code: 'mV' },
        period: 4,
        dimensions: 1,
        data: '0.1 -0.0000001 2000000000000000000000',
      },
    });
    const intervals = observed({ code: measureByName('rr-interval')!.number, value: null, series: [812, 799] });
    expect(intervals['valueSampledData']).toMatchObject({
      data: '812 799',
      _period: { extension: [{ valueCode: 'not-applicable' }] },
    });
  });

  it('is valid R4 whatever was measured', () => {
    const values = fc.record({
      code: fc.constantFrom(...CATALOGUE.map(({ number }) => number), 999),
      value: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
      series: fc.option(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 5 })),
      periodMs: fc.option(fc.double({ min: 0.001, max: 1e6, noNaN: true })),
      channel: fc.option(fc.constantFrom('I', 'V5', 'pleth')),
      quality: fc.constantFrom(0 as const, 1 as const, 2 as const),
      retracted: fc.boolean(),
      sourced: fc.boolean(),
      version: fc.integer({ min: 1, max: 1000 }),
      effectiveAt: fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }),
      twin: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String),
      identity: fc.uuid(),
    });
    fc.assert(
      fc.property(values, (over) => {
        const { id, valueSampledData } = observed(over) as { id: string; valueSampledData?: { data: string } };
        if (valueSampledData !== undefined) {
          expect(valueSampledData.data).toMatch(/^-?\d+(\.\d+)?( -?\d+(\.\d+)?)*$/);
          expect(valueSampledData.data.split(' ').map(Number)).toEqual(over.series?.map((x) => x + 0));
        }
        const { twin, identity, sourced, code, effectiveAt } = { ...VALUE, ...over };
        const rest = sourced ? { kind: 'sourced' } : { kind: 'derived', code, effectiveAt };
        expect(measurementKeyOf(id)).toEqual({ ...rest, twin, identity });
        expect(isMeasurementId('Observation', id)).toBe(true);
      }),
      propertyRuns(300),
    );
  });
});

describe('an id that is not of a measurement', () => {
  const hex = '0'.repeat(32);
  it.each([
    'x',
    `ms-1-${hex}0`,
    `ms-zzzzzzzzzzzzz-${hex}`,
    `ms-01-${hex}`,
    `md-1-1-${hex}`,
    `md-1-zzzz-1-${hex}`,
    `md-1-01-1-${hex}`,
    `md-1-1-01-${hex}`,
    `md-1-1-.0-${hex}`,
    `md-1-1-zzzzzzzzzz-${hex}`,
    `ms-1-${hex}`.toUpperCase(),
  ])('has no key: %s', (id) => {
    expect(measurementKeyOf(id)).toBeUndefined();
  });

  it('may be that of another type', () => {
    expect(isMeasurementId('Patient', `ms-1-${hex}`)).toBe(false);
  });
});
