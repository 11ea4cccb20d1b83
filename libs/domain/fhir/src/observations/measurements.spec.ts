import { describe, expect, it } from '@jest/globals';
import { parseJson, toClinical, type JsonObject } from '../index.js';
import { context, at, UCUM, observation } from './observation.fixture.js';

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
    [
      'modifier-extension',
      {
        effectiveDateTime: undefined,
        effectiveTiming: {
          modifierExtension: [{ url: 'https://x.example/not', valueBoolean: true }],
          event: ['2026-02-28T10:00:00Z'],
        },
      },
    ],
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

  it('what claims to be of the future has no plausible time', () => {
    expect(toClinical(observation({}), { ...context, receivedAt: at - 11 * 60_000 }).unmeasured).toMatchObject([
      { reason: 'timestamp-in-future' },
    ]);
    expect(toClinical(observation({}), { ...context, receivedAt: at - 9 * 60_000 }).samples).toHaveLength(1);
  });
});
