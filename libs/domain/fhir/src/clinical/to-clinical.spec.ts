import { describe, expect, it } from '@jest/globals';
import { parseJson, toClinical, type JsonObject } from '../index.js';

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

  it.each([
    ['http://loinc.org', '9059-7', 45, 'g', { c: 20, x: 45, i: 'Observation/o1#carbohydrate-intake' }],
    ['urn:iso:std:iso:11073:10101', '8417772', 0.06, 'kg', { c: 20, x: 60, o: [0.06, 'kg'] }],
    ['urn:iso:std:iso:11073:10101', '8418344', 4.5, '[IU]', { c: 18, x: 4.5 }],
    ['urn:iso:std:iso:11073:10101', '8418288', 0.8, '[IU]/h', { c: 19, x: 0.8 }],
    ['urn:iso:std:iso:11073:10101', '8417760', 60, '%', { c: 21, x: 60 }],
  ])('a dose, a meal or exercise (%s %s)', (system, code, value, unit, expected) => {
    const given = observation({
      code: { coding: [{ system, code }] },
      valueQuantity: { value, system: UCUM, code: unit },
    });
    expect(toClinical(given, context).samples).toEqual([expect.objectContaining(expected)]);
  });

  it('of a device gives the patient it is on', () => {
    expect(toClinical(observation({ subject: { reference: 'Device/d1' } }), context).patient).toBe('p9');
  });

  it.each([
    ['timestamp-imprecise', { effectiveDateTime: '2026-02-28' }],
    ['timestamp-imprecise', { effectiveDateTime: '2026-02' }],
    ['timestamp-imprecise', { effectiveDateTime: '2026' }],
    ['timestamp-missing', { effectiveDateTime: undefined }],
    ['timestamp-before-birth', { effectiveDateTime: '1850-01-01T00:00:00Z' }],
    ['timestamp-invalid', { effectiveDateTime: '2026-02-28T10:15:60Z' }],
    ['status-not-final', { status: 'registered' }],
    ['status-not-final', { status: 'unknown' }],
    ['status-not-final', { status: undefined, _status: { extension: [{ url: 'x', valueCode: 'masked' }] } }],
    ['withdrawn', { status: 'entered-in-error' }],
    ['withdrawn', { status: 'cancelled' }],
    ['missing-unit', { valueQuantity: { value: 70, unit: 'bpm' } }],
    ['unit-not-ucum', { valueQuantity: { value: 70, system: 'https://units.example', code: '/min' } }],
    ['unit-unknown', { valueQuantity: { value: 70, system: UCUM, code: 'furlong' } }],
    ['comparator-unsupported', { valueQuantity: { value: 70, _comparator: { id: 'x' }, system: UCUM, code: '/min' } }],
    ['impossible-value', { valueQuantity: { value: 7000, system: UCUM, code: '/min' } }],
    ['value-missing', { valueQuantity: { system: UCUM, code: '/min' } }],
    ['value-not-a-quantity', { valueQuantity: undefined, valueString: 'fast' }],
    ['value-absent', { valueQuantity: undefined, dataAbsentReason: { text: 'x' } }],
    ['value-missing', { valueQuantity: undefined }],
    ['unknown-code', { code: { coding: [{ system: 'http://loinc.org', code: '1-1' }] } }],
    ['unknown-code', { code: { text: 'panel' }, valueQuantity: undefined }],
    [
      'code-contradictory',
      {
        code: {
          coding: [
            { system: 'http://loinc.org', code: '8867-4' },
            { system: 'http://loinc.org', code: '2339-0' },
          ],
        },
      },
    ],
    ['modifier-extension', { modifierExtension: [{ url: 'https://x.example/not', valueBoolean: true }] }],
    ['implicit-rules', { implicitRules: 'https://x.example/rules' }],
    ['focus-not-subject', { focus: [{ reference: 'Patient/fetus' }] }],
    ['focus-not-subject', { focus: [{ display: 'fetus' }] }],
  ])('%s: %j', (reason, change) => {
    const { samples, unmeasured } = toClinical(observation(change), context);
    expect(samples).toEqual([]);
    expect(unmeasured.map((one) => one.reason)).toEqual([reason]);
  });

  it('a modifier of one component leaves its neighbour', () => {
    const part = (code: string, more: object): object => ({
      code: { coding: [{ system: 'http://loinc.org', code }] },
      valueQuantity: { value: 90, system: UCUM, code: 'mm[Hg]' },
      ...more,
    });
    const { samples, unmeasured } = toClinical(
      observation({
        code: { text: 'blood pressure' },
        valueQuantity: undefined,
        component: [part('8480-6', { modifierExtension: [{ url: 'u', valueBoolean: true }] }), part('8462-4', {})],
      }),
      context,
    );
    expect(samples.map(({ i }) => i)).toEqual(['Observation/o1#diastolic-pressure']);
    expect(unmeasured).toEqual([
      { reason: 'modifier-extension', expression: 'Observation.component[0].modifierExtension' },
    ]);
  });

  it('a focus that is the subject changes nothing', () => {
    expect(toClinical(observation({ focus: [{ reference: 'Patient/p1/_history/3' }] }), context).samples).toHaveLength(
      1,
    );
  });

  it('preliminary is doubtful, amended and corrected are results', () => {
    expect(toClinical(observation({ status: 'preliminary' }), context).samples).toMatchObject([
      { x: 70, q: 1, r: ['preliminary'] },
    ]);
    for (const status of ['final', 'amended', 'corrected'])
      expect(toClinical(observation({ status }), context).samples[0]).not.toHaveProperty('q');
  });

  it.each(['<', '<=', '>=', '>'])('keeps the bound %s', (comparator) => {
    const bound = { valueQuantity: { value: 70, comparator, system: UCUM, code: '/min' } };
    expect(toClinical(observation(bound), context).samples).toMatchObject([{ x: 70, b: comparator }]);
  });

  it.each([
    ['1e2', 100],
    ['1E2', 100],
    ['7.0e1', 70],
    ['700e-1', 70],
    ['70.000000000000000000000000000001', 70],
  ])('reads the decimal %s', (written, x) => {
    const text = JSON.stringify(observation({})).replace('"value":70', `"value":${written}`);
    const parsed = parseJson(text);
    expect(parsed.ok && toClinical(parsed.value as JsonObject, context).samples).toMatchObject([{ x }]);
  });

  it('what claims to be of the future has no believable time', () => {
    expect(toClinical(observation({}), { ...context, receivedAt: at - 11 * 60_000 }).unmeasured).toMatchObject([
      { reason: 'timestamp-in-future' },
    ]);
    expect(toClinical(observation({}), { ...context, receivedAt: at - 9 * 60_000 }).samples).toHaveLength(1);
  });
});

describe('effective[x]', () => {
  const ms = (text: string): number => Date.parse(text);
  it.each<[object, number]>([
    [{ effectiveInstant: '2026-02-28T10:00:00.123456789Z' }, at + 123],
    [{ effectiveDateTime: '2026-02-28T10:00:00.1234567890123Z' }, at + 123],
    [{ effectiveDateTime: '2026-02-28T10:00:00.1Z' }, at + 100],
    [{ effectiveDateTime: '2016-12-31T23:59:60Z' }, ms('2017-01-01T00:00:00Z')],
    [{ effectiveDateTime: '2017-01-01T05:29:60+05:30' }, ms('2017-01-01T00:00:00Z')],
    [{ effectiveDateTime: '2017-01-01T05:44:60.5+05:45' }, ms('2017-01-01T00:00:00.5Z')],
    [{ effectiveDateTime: '2016-12-31T15:59:60-08:00' }, ms('2017-01-01T00:00:00Z')],
    [{ effectivePeriod: { start: '2026-02-28T10:00:00Z', end: '2026-02-28T11:00:00Z' } }, at],
    [{ effectivePeriod: { start: '2026-02-28T10:00:00Z' } }, at],
    [{ effectivePeriod: { end: '2026-02-28T10:00:00Z' } }, at],
    [{ effectiveTiming: { event: ['2026-02-28T10:00:00Z'] } }, at],
  ])('%j', (effective, t) => {
    expect(toClinical(observation({ effectiveDateTime: undefined, ...effective }), context).samples).toMatchObject([
      { t },
    ]);
  });

  it.each([
    ['timestamp-imprecise', { effectivePeriod: { start: '2026-02-28', end: '2026-02-28T11:00:00Z' } }],
    ['timestamp-invalid', { effectivePeriod: { start: '2026-02-28T12:00:00Z', end: '2026-02-28T11:00:00Z' } }],
    ['timestamp-missing', { effectivePeriod: {} }],
    ['timestamp-invalid', { effectiveTiming: { event: ['2026-02-28T10:00:00Z', '2026-02-28T11:00:00Z'] } }],
    ['timestamp-invalid', { effectiveTiming: { repeat: { frequency: 1 } } }],
    ['timestamp-invalid', { effectiveTiming: { event: ['2026-02-28T10:00:00Z'], repeat: { frequency: 1 } } }],
  ])('%s: %j', (reason, effective) => {
    const { samples, unmeasured } = toClinical(observation({ effectiveDateTime: undefined, ...effective }), context);
    expect([samples, unmeasured.map((one) => one.reason)]).toEqual([[], [reason]]);
  });
});

describe('SampledData', () => {
  const origin = (code: string, value = 0): object => ({ value, system: UCUM, code });
  const heartRates = (over: object): JsonObject =>
    observation({
      valueQuantity: undefined,
      valueSampledData: { origin: origin('/min'), period: 1000, dimensions: 1, data: '60 61', ...over },
    });
  const ecg = (over: object): JsonObject =>
    observation({
      code: { coding: [{ system: 'urn:iso:std:iso:11073:10101', code: '131328' }] },
      valueQuantity: undefined,
      valueSampledData: { origin: origin('mV'), period: 4, dimensions: 1, data: '1 2', ...over },
    });

  it('of a vital sign is as many measurements', () => {
    const data = '60.5 E 6.2e1 U -1E1 L';
    const limits = { factor: 2, upperLimit: 100, lowerLimit: 10 };
    const { samples, unmeasured } = toClinical(heartRates({ data, ...limits, origin: origin('/min', 30) }), context);
    expect(samples).toEqual([
      { c: 1, t: at, i: 'Observation/o1#heart-rate@0', x: 151 },
      { c: 1, t: at + 2000, i: 'Observation/o1#heart-rate@2', x: 154 },
      { c: 1, t: at + 3000, i: 'Observation/o1#heart-rate@3', x: 230, b: '>' },
      { c: 1, t: at + 4000, i: 'Observation/o1#heart-rate@4', x: 10, q: 1, r: [expect.any(String)] },
      { c: 1, t: at + 5000, i: 'Observation/o1#heart-rate@5', x: 50, b: '<' },
    ]);
    expect(unmeasured).toEqual([{ reason: 'series-gaps', expression: 'Observation.valueSampledData' }]);
  });

  it('turns its limits round with a negative factor, and has no bound without a limit', () => {
    const { samples } = toClinical(heartRates({ data: 'U L', factor: -1, upperLimit: -60, lowerLimit: -100 }), context);
    expect(samples).toMatchObject([
      { x: 60, b: '<' },
      { x: 100, b: '>' },
    ]);
    expect(toClinical(heartRates({ data: 'U 60' }), context).samples).toMatchObject([{ x: 60 }]);
  });

  it('of a waveform is cut where there is no value', () => {
    const { samples, unmeasured } = toClinical(ecg({ data: '1 2 E E 3 U 4' }), context);
    expect(samples).toEqual([
      { c: 12, t: at, i: 'Observation/o1#ecg', s: [1, 2], p: 4 },
      { c: 12, t: at + 16, i: 'Observation/o1#ecg@4', s: [3], p: 4 },
      { c: 12, t: at + 24, i: 'Observation/o1#ecg@6', s: [4], p: 4 },
    ]);
    expect(unmeasured.map(({ reason }) => reason)).toEqual(['series-gaps']);
  });

  it('of several dimensions is a channel for each', () => {
    expect(toClinical(ecg({ dimensions: 2, data: '1 10 2 20' }), context).samples).toEqual([
      { c: 12, t: at, i: 'Observation/o1#ecg', s: [1, 2], p: 4, h: 'dimension-1' },
      { c: 12, t: at, i: 'Observation/o1#ecg~2', s: [10, 20], p: 4, h: 'dimension-2' },
    ]);
  });

  it('of any length is cut into measurements that the log takes', () => {
    const { samples } = toClinical(ecg({ data: Array<string>(45_000).fill('0.1').join(' ') }), context);
    expect(samples.map(({ s, t, i }) => [s?.length, t - at, i])).toEqual([
      [20_000, 0, 'Observation/o1#ecg'],
      [20_000, 80_000, 'Observation/o1#ecg@20000'],
      [5_000, 160_000, 'Observation/o1#ecg@40000'],
    ]);
  });

  it.each([
    ['series-invalid', heartRates({ period: 0 })],
    ['series-invalid', heartRates({ period: 1e39 })],
    ['series-invalid', ecg({ period: 1e39 })],
    ['series-invalid', ecg({ period: -4 })],
    ['series-invalid', ecg({ data: '1 two' })],
    ['series-invalid', ecg({ data: '' })],
    ['series-invalid', ecg({ data: undefined })],
    ['series-invalid', ecg({ dimensions: 2, data: '1 2 3' })],
    ['series-invalid', ecg({ data: '1e999' })],
    ['series-invalid', heartRates({ dimensions: 2 })],
    ['impossible-value', ecg({ data: '1 1e30' })],
    ['unit-not-ucum', ecg({ origin: { value: 0, code: 'mV' } })],
    ['missing-unit', ecg({ origin: { value: 0, unit: 'mV' } })],
    ['unit-unknown', ecg({ origin: origin('furlong') })],
    ['series-gaps', ecg({ data: 'E E' })],
  ])('%s', (reason, resource) => {
    const { samples, unmeasured } = toClinical(resource, context);
    expect([samples, unmeasured.map((one) => one.reason)]).toEqual([[], [reason]]);
  });
});

describe('whose it is', () => {
  const known = {
    ...context,
    patientsWith: ({ system, value }: { system: string; value: string }): readonly string[] =>
      system !== 'urn:mrn' ? [] : value === '1' ? ['p1'] : value === '2' ? ['p2', 'p3'] : [],
  };
  const mrn = (value: string): object => ({ system: 'urn:mrn', value });
  const contained = (patient: object): object => ({
    subject: { reference: '#s' },
    contained: [{ resourceType: 'Patient', id: 's', ...patient }],
  });

  it.each<[string, object]>([
    ['p1', { subject: { reference: 'Patient/p1' } }],
    ['p1', { subject: { reference: 'Patient/p1/_history/4' } }],
    ['p1', { subject: { reference: 'Patient/p1', type: 'Patient', identifier: mrn('1') } }],
    ['p1', { subject: { reference: 'Patient/p1', identifier: mrn('unknown') } }],
    ['p1', { subject: { identifier: mrn('1') } }],
    ['p1', { subject: { type: 'Patient', identifier: mrn('1') } }],
    ['p1', contained({ identifier: [mrn('1'), mrn('unknown')] })],
    ['p9', { subject: { reference: 'Device/d1' } }],
    ['p1', { performer: [{ reference: 'Patient/p2' }], device: { reference: 'Device/d1' } }],
  ])('is %s: %j', (patient, over) => {
    expect(toClinical(observation(over), known)).toMatchObject({ patient, samples: [{ x: 70 }] });
  });

  it.each<[string, object]>([
    ['patient-missing', { subject: undefined, performer: [{ reference: 'Patient/p1' }] }],
    ['subject-elsewhere', { subject: { reference: 'https://north.example/Patient/p1' } }],
    ['subject-elsewhere', { subject: { reference: 'https://north.example/Patient/p1', identifier: mrn('1') } }],
    ['subject-elsewhere', { subject: { reference: 'urn:uuid:0c0a6f3e-0000-4000-8000-000000000001' } }],
    ['subject-not-a-patient', { subject: { reference: 'Group/p1' } }],
    ['subject-not-a-patient', { subject: { reference: 'Location/p1' } }],
    ['subject-not-a-patient', { subject: { type: 'Group', identifier: mrn('1') } }],
    ['subject-not-a-patient', { subject: { reference: '#s' }, contained: [{ resourceType: 'Group', id: 's' }] }],
    ['subject-contradictory', { subject: { reference: 'Patient/p1', type: 'Group' } }],
    ['subject-contradictory', { subject: { reference: 'Patient/p1', identifier: mrn('2') } }],
    ['unknown-patient', { subject: { identifier: mrn('unknown') } }],
    ['unknown-patient', { subject: { identifier: { value: '1' } } }],
    ['reference-ambiguous', { subject: { identifier: mrn('2') } }],
    ['reference-ambiguous', contained({ identifier: [mrn('1'), mrn('2')] })],
    ['subject-unresolved', contained({})],
    ['subject-unresolved', { subject: { reference: '#other' } }],
    ['subject-unresolved', { subject: { display: 'Peter' } }],
    ['subject-unresolved', { subject: { reference: '/Patient/p1' } }],
    [
      'modifier-extension',
      contained({ identifier: [mrn('1')], modifierExtension: [{ url: 'u', valueBoolean: true }] }),
    ],
    ['device-without-patient', { subject: { reference: 'Device/other' } }],
  ])('%s: %j', (reason, over) => {
    const { patient, samples, unmeasured } = toClinical(observation(over), known);
    expect([patient, samples, unmeasured.map((one) => one.reason)]).toEqual([undefined, [], [reason]]);
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

  it('whose meaning may be changed is not used', () => {
    const condition = { resourceType: 'Condition', id: 'x', subject: { reference: 'Patient/p1' }, code: { text: 'x' } };
    const changed = { ...condition, modifierExtension: [{ url: 'https://x.example/not', valueBoolean: true }] };
    const { facts, unmeasured } = toClinical(changed as unknown as JsonObject, context);
    expect([facts, unmeasured]).toEqual([
      [],
      [{ reason: 'modifier-extension', expression: 'Condition.modifierExtension' }],
    ]);
  });

  it('carries no texts of any length', () => {
    const code = { coding: [{ system: 's', code: 'c'.repeat(300), display: '😀'.repeat(200_000) }] };
    const condition = { resourceType: 'Condition', id: 'x', subject: { reference: 'Patient/p1' }, code };
    const text = JSON.stringify(toClinical(condition as unknown as JsonObject, context).facts);
    expect(text.length).toBeLessThan(1_000);
  });

  it('contained Observations say that they are not measured', () => {
    const report = {
      resourceType: 'DiagnosticReport',
      id: 'x',
      subject: { reference: 'Patient/p1' },
      contained: [observation({})],
    };
    expect(toClinical(report as unknown as JsonObject, context).unmeasured).toEqual([
      { reason: 'contained-not-measured', expression: 'DiagnosticReport.contained[0]' },
    ]);
  });

  it('reports a type without a mapping', () => {
    expect(toClinical({ resourceType: 'Claim', id: 'x' }, context).unmeasured).toMatchObject([
      { reason: 'type-not-mapped' },
    ]);
  });
});
