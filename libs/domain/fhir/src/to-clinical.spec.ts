import { describe, expect, it } from '@jest/globals';
import { toClinical, type JsonObject } from './index.js';

const context = { version: 3, patientOfDevice: (device: string) => (device === 'd1' ? 'p9' : undefined) };
const at = Date.UTC(2026, 1, 28, 10);
const UCUM = 'http://unitsofmeasure.org';

function observation(over: object): JsonObject {
  return JSON.parse(
    JSON.stringify({
      resourceType: 'Observation',
      id: 'o1',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
      subject: { reference: 'Patient/p1' },
      effectiveDateTime: '2026-02-28T11:00:00+01:00',
      valueQuantity: { value: 70, unit: 'bpm', system: UCUM, code: '/min' },
      ...over,
    }),
  ) as JsonObject;
}

describe('measurements of an Observation', () => {
  it('a heart rate', () => {
    expect(toClinical(observation({}), context)).toEqual({
      patient: 'p1',
      samples: [{ c: 1, t: at, i: 'Observation/o1#heart-rate', x: 70 }],
      facts: [],
      unmeasured: [],
    });
  });

  it.each(['85354-9', '55284-4'])('a blood pressure panel (%s)', (panel) => {
    const part = (code: string, value: number): object => ({
      code: { coding: [{ system: 'http://loinc.org', code }] },
      valueQuantity: { value, system: UCUM, code: 'mm[Hg]' },
    });
    const { samples, unmeasured } = toClinical(
      observation({
        code: { coding: [{ system: 'http://loinc.org', code: panel }] },
        valueQuantity: undefined,
        component: [part('8480-6', 121), part('8462-4', 78)],
      }),
      context,
    );
    expect(samples.map(({ c, x, i }) => [c, x, i])).toEqual([
      [5, 121, 'Observation/o1#systolic-pressure'],
      [6, 78, 'Observation/o1#diastolic-pressure'],
    ]);
    expect(unmeasured).toEqual([]);
  });

  it('converts units and keeps what was sent', () => {
    const glucose = observation({
      code: { coding: [{ system: 'http://loinc.org', code: '15074-8' }] },
      valueQuantity: { value: 5.5, system: UCUM, code: 'mmol/L' },
    });
    const [sample] = toClinical(glucose, context).samples;
    expect(sample?.x).toBeCloseTo(99.1, 1);
    expect(sample?.o).toEqual([5.5, 'mmol/L']);
  });

  it('a waveform as SampledData', () => {
    const ecg = observation({
      code: { coding: [{ system: 'urn:iso:std:iso:11073:10101', code: '131328' }] },
      valueQuantity: undefined,
      valueSampledData: {
        origin: { value: 1, system: UCUM, code: 'mV' },
        period: 4,
        factor: 0.5,
        dimensions: 1,
        data: '0 2 -2',
      },
    });
    expect(toClinical(ecg, context).samples).toEqual([{ c: 12, t: at, i: 'Observation/o1#ecg', s: [1, 2, 0], p: 4 }]);
  });

  it('of a device gives the patient it is on', () => {
    expect(toClinical(observation({ subject: { reference: 'Device/d1' } }), context).patient).toBe('p9');
  });

  it('entered in error withdraws', () => {
    expect(toClinical(observation({ status: 'entered-in-error' }), context).samples).toMatchObject([{ w: 1 }]);
  });

  it.each([
    ['no-time', { effectiveDateTime: '2026-02-28' }],
    ['no-time', { effectiveDateTime: undefined }],
    ['status-not-final', { status: 'registered' }],
    ['unit-missing', { valueQuantity: { value: 70, unit: 'bpm' } }],
    ['unit-not-ucum', { valueQuantity: { value: 70, system: 'https://units.example', code: '/min' } }],
    ['unit-unknown', { valueQuantity: { value: 70, system: UCUM, code: 'furlong' } }],
    ['comparator', { valueQuantity: { value: 70, comparator: '<', system: UCUM, code: '/min' } }],
    ['value-impossible', { valueQuantity: { value: 7000, system: UCUM, code: '/min' } }],
    ['value-not-a-quantity', { valueQuantity: undefined, valueString: 'fast' }],
    ['no-value', { valueQuantity: undefined, dataAbsentReason: { text: 'x' } }],
    ['code-not-in-catalogue', { code: { coding: [{ system: 'http://loinc.org', code: '1-1' }] } }],
    ['no-patient', { subject: undefined }],
  ])('%s', (reason, change) => {
    const { samples, unmeasured } = toClinical(observation(change), context);
    expect(samples).toEqual([]);
    expect(unmeasured.map((one) => one.reason)).toEqual([reason]);
  });

  it('what claims to be of the future has no believable time', () => {
    expect(toClinical(observation({}), { ...context, receivedAt: at - 11 * 60_000 }).unmeasured).toMatchObject([
      { reason: 'time-in-future' },
    ]);
    expect(toClinical(observation({}), { ...context, receivedAt: at - 9 * 60_000 }).samples).toHaveLength(1);
  });

  it('a series with an error in it is not made up', () => {
    const ecg = observation({
      code: { coding: [{ system: 'urn:iso:std:iso:11073:10101', code: '131328' }] },
      valueQuantity: undefined,
      valueSampledData: { origin: { value: 0, system: UCUM, code: 'mV' }, period: 4, dimensions: 1, data: '1 E 2' },
    });
    expect(toClinical(ecg, context).unmeasured).toMatchObject([{ reason: 'sampled-data-unreadable' }]);
  });
});

describe('facts', () => {
  it('demographics without names', () => {
    const { facts, patient } = toClinical(
      { resourceType: 'Patient', id: 'p1', name: [{ family: 'Smith' }], birthDate: '1960-01-01', gender: 'female' },
      context,
    );
    expect(patient).toBe('p1');
    expect(facts).toEqual([
      {
        fact: 'demographics',
        reference: 'Patient/p1',
        version: 3,
        content: { birthDate: '1960-01-01', gender: 'female' },
      },
    ]);
  });

  it.each([
    [
      'Condition',
      'condition',
      { subject: { reference: 'Patient/p1' }, code: { text: 'Diabetes' }, onsetDateTime: '2020' },
      Date.UTC(2020, 0, 1),
    ],
    [
      'Encounter',
      'encounter',
      { subject: { reference: 'Patient/p1' }, period: { start: '2026-01-02T03:04:05Z' } },
      Date.UTC(2026, 0, 2, 3, 4, 5),
    ],
    [
      'MedicationRequest',
      'medication',
      { subject: { reference: 'Patient/p1' }, authoredOn: '2026-01-02' },
      Date.UTC(2026, 0, 2),
    ],
    [
      'MedicationAdministration',
      'medication',
      { subject: { reference: 'Patient/p1' }, effectiveDateTime: '2026-01-02' },
      Date.UTC(2026, 0, 2),
    ],
    [
      'AllergyIntolerance',
      'allergy',
      { patient: { reference: 'Patient/p1' }, recordedDate: '2026-01-02' },
      Date.UTC(2026, 0, 2),
    ],
    [
      'DiagnosticReport',
      'report',
      { subject: { reference: 'Patient/p1' }, effectiveDateTime: '2026-01-02' },
      Date.UTC(2026, 0, 2),
    ],
    ['Device', 'device', { patient: { reference: 'Patient/p1' } }, undefined],
  ])('%s', (resourceType, fact, over, from) => {
    const content = toClinical({ resourceType, id: 'x', ...over } as unknown as JsonObject, context);
    expect(content.patient).toBe('p1');
    expect(content.facts).toMatchObject([
      { fact, reference: `${resourceType}/x`, version: 3, ...(from === undefined ? {} : { from }) },
    ]);
  });

  it('a type that tells nothing says so', () => {
    expect(toClinical({ resourceType: 'Claim', id: 'x' }, context).unmeasured).toMatchObject([
      { reason: 'type-not-mapped' },
    ]);
  });
});
