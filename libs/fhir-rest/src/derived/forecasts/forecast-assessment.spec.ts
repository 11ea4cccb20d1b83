import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseJson, type JsonObject } from '#libs/domain/fhir';
import { CATALOGUE, measureByName } from '#libs/domain/quantities';
import { searchValuesOf } from '#libs/fhir-search';
import { validate } from '#libs/fhir-validation';
import { propertyRuns } from '#libs/testing/properties';
import {
  provenanceOfAssessment,
  storedAssessment,
  storedForecastProvenance,
  type ForecastValue,
} from './forecast-assessment.js';
import { forecastIdOf, forecastKeyOf, isForecastId } from './forecast-id.js';
import { refusalOfGuard } from '../guard.js';
import { isMadeHere } from '../mark.js';

const T0 = Date.UTC(2026, 10, 29, 11, 5);
const GLUCOSE = measureByName('glucose')!.number;
const QUANTILES = { '0.025': 80, '0.1': 88.04, '0.25': 98, '0.5': 109, '0.75': 120, '0.9': 131, '0.975': 140 };
const VALUE: ForecastValue = {
  id: 'a3b1c2d4-1111-8222-8333-0000000000aa',
  twin: '12',
  code: GLUCOSE,
  model: 'glucose-forecast',
  version: 7,
  patient: 'p1',
  title: 'Glucose 15 to 120 min ahead',
  modelVersion: '1.0.0',
  status: 'active',
  parameters: 'population',
  issuedAt: T0,
  recordedAt: T0 + 2000,
  inputs: [{ code: GLUCOSE, count: 24, newest: T0 }],
  points: [{ minutes: 30, mean: 110, quantiles: QUANTILES }],
  decimals: 1,
};

/** Both resources, valid R4 and marked. */
function made(over: Partial<ForecastValue> = {}): readonly [JsonObject, JsonObject] {
  const [assessment, provenance] = [storedAssessment, storedForecastProvenance].map((storedOf) => {
    const { content, version, lastUpdated } = storedOf({ ...VALUE, ...over });
    const parsed = parseJson(content);
    expect(parsed.ok && validate(parsed.value)).toEqual([]);
    expect(isMadeHere(content)).toBe(true);
    const value = (parsed as { value: JsonObject }).value;
    expect(value['meta']).toMatchObject({
      versionId: String(version),
      lastUpdated: new Date(lastUpdated).toISOString(),
    });
    return value;
  });
  return [assessment!, provenance!];
}

describe('a forecast as a RiskAssessment', () => {
  it('says of each horizon that the value lies within the central 80 %, with mean and quantiles as extensions', () => {
    const [assessment] = made();
    expect(assessment).toMatchObject({
      resourceType: 'RiskAssessment',
      id: forecastIdOf(VALUE),
      meta: { versionId: '7', lastUpdated: '2026-11-29T11:05:02.000Z' },
      identifier: [{ value: VALUE.id }],
      status: 'final',
      method: { coding: [{ code: 'glucose-forecast', version: '1.0.0' }] },
      subject: { reference: 'Patient/p1' },
      occurrenceDateTime: '2026-11-29T11:05:00.000Z',
      prediction: [
        {
          outcome: { text: 'Glucose within 88 to 131 mg/dL' },
          probabilityDecimal: 80,
          whenPeriod: { start: '2026-11-29T11:35:00.000Z', end: '2026-11-29T11:35:00.000Z' },
          rationale:
            'Glucose forecast 30 min ahead, from 2026-11-29T11:05:00.000Z: median 109 mg/dL, 80 % within 88 to 131 mg/dL, 95 % within 80 to 140 mg/dL.',
        },
      ],
    });
    const [prediction] = assessment['prediction'] as readonly { extension: readonly JsonObject[] }[];
    const [mean, ...quantiles] = prediction!.extension;
    expect(mean).toEqual({
      url: 'urn:homeostat:extension:forecast-mean',
      valueQuantity: { value: 110, unit: 'mg/dL', system: 'http://unitsofmeasure.org', code: 'mg/dL' },
    });
    const levels = quantiles.map(({ extension }) => (extension as readonly JsonObject[])[0]!['valueDecimal']);
    expect(levels).toEqual([0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975]);
  });

  it('says of an event how probable it is until the horizon, in percent, without quantiles', () => {
    const risk = {
      ...VALUE,
      code: 1001,
      outcome: { name: 'deterioration-risk', title: 'Unstable vital signs within 12 h' },
      model: 'deterioration-risk',
      points: [{ minutes: 720, mean: 0.287, quantiles: { ...QUANTILES, '0.1': 0, '0.9': 1 } }],
      decimals: 3,
    };
    const [assessment] = made(risk);
    expect(assessment).toMatchObject({
      code: { coding: [{ code: 'event-forecast' }], text: 'Forecast of Unstable vital signs within 12 h' },
      prediction: [
        {
          extension: [{ valueQuantity: { value: 0.287, unit: '1' } }],
          outcome: {
            coding: [{ system: 'urn:homeostat:outcome', code: 'deterioration-risk' }],
            text: 'Unstable vital signs within 12 h',
          },
          probabilityDecimal: 28.7,
          whenPeriod: { start: '2026-11-29T11:05:00.000Z', end: '2026-11-29T23:05:00.000Z' },
          rationale: 'Unstable vital signs within 12 h, from 2026-11-29T11:05:00.000Z: probability 28.7 %.',
        },
      ],
    });
    expect(JSON.stringify(assessment)).not.toMatch(/measure 1001|forecast-quantile/);
    expect(JSON.stringify(made({ ...risk, status: 'demoted' }))).toContain('the present state that goes on');
    expect(provenanceOfAssessment(storedAssessment(risk))).toEqual(storedForecastProvenance(risk));
  });

  it('has a Provenance under its id that names the version of the model', () => {
    const [assessment, provenance] = made();
    expect(provenance).toMatchObject({
      id: assessment['id'],
      target: [{ reference: `RiskAssessment/${assessment['id'] as string}` }],
      recorded: '2026-11-29T11:05:02.000Z',
      agent: [{ who: { identifier: { value: 'glucose-forecast|1.0.0' } } }],
    });
    expect(provenanceOfAssessment(storedAssessment(VALUE))).toEqual(storedForecastProvenance(VALUE));
    expect(provenanceOfAssessment({ ...storedAssessment(VALUE), id: 'ra1' })).toBeUndefined();
  });

  it('says where the newest value stands in place of what a demoted model said', () => {
    const notes = (over: Partial<ForecastValue>) =>
      (made(over)[0]['note'] as readonly { text: string }[]).map(({ text }) => text).join(' ');
    expect(notes({ status: 'demoted' })).toContain('the newest value that goes on, which is shown in its place');
    expect(notes({})).not.toContain('goes on');
    expect(notes({ parameters: 'personal' })).toContain('parameters of the person');
  });

  it('is found by patient, date, method, identifier and probability', () => {
    const { references, dates, tokens, numbers } = searchValuesOf(made()[0]);
    expect(references.map(({ parameter }) => parameter)).toEqual(expect.arrayContaining(['patient', 'subject']));
    expect(dates.map(({ parameter }) => parameter)).toContain('date');
    const found = tokens.map(({ parameter, code }) => `${parameter}=${code}`);
    expect(found).toEqual(expect.arrayContaining(['method=glucose-forecast', `identifier=${VALUE.id}`]));
    expect(numbers).toMatchObject([{ parameter: 'probability' }]);
  });

  it('is valid R4 whatever was forecast', () => {
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
    const values = fc.record({
      code: fc.constantFrom(...CATALOGUE.map(({ number }) => number), 999),
      outcome: fc.option(fc.constant({ name: 'deterioration-risk', title: 'Unstable' }), { nil: undefined }),
      status: fc.constantFrom('active' as const, 'demoted' as const),
      parameters: fc.constantFrom('population' as const, 'personal' as const),
      decimals: fc.nat(8),
      version: fc.integer({ min: 1, max: 2 ** 31 }),
      twin: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String),
      points: fc.array(
        fc.record({
          minutes: fc.integer({ min: 1, max: 720 }),
          mean: numbers,
          quantiles: fc
            .array(numbers, { minLength: 7, maxLength: 7 })
            .map((all) => Object.fromEntries(Object.keys(QUANTILES).map((level, i) => [level, all[i]!]))),
        }),
        { minLength: 1, maxLength: 6 },
      ),
      inputs: fc.array(fc.record({ code: fc.nat(30), count: fc.nat(300), newest: fc.constant(T0) }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(values, (over) => {
        const [{ id }] = made(over) as readonly [{ id: string }, JsonObject];
        expect(forecastKeyOf(id)).toEqual({ twin: over.twin, code: over.code, model: VALUE.model });
      }),
      propertyRuns(200),
    );
  });
});

describe('an id that is kept for forecasts', () => {
  const id = forecastIdOf(VALUE);

  it.each([
    'x',
    'fc-1-1',
    'fc-01-1-model',
    'fc-1-01-model',
    'fc-zzzzzzzzzzzzz-1-model',
    'fc-1-zzzz-model',
    'fc-1-1-Model',
  ])('is not %s', (other) => expect(forecastKeyOf(other)).toBeUndefined());

  it('is of a RiskAssessment or its Provenance, and no client may write it', () => {
    expect(isForecastId('Patient', id)).toBe(false);
    for (const type of ['RiskAssessment', 'Provenance'])
      expect(refusalOfGuard({ type, id, at: type }, undefined)?.status).toBe(403);
    expect(refusalOfGuard({ type: 'Patient', id, at: 'Patient' }, undefined)).toBeUndefined();
  });
});
