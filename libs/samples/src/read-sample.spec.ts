import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { metInRuns, propertyRuns } from '#libs/testing/properties';
import { Sample, SAMPLE_LIMITS } from '#libs/contracts';
import { CATALOGUE } from '#libs/domain/quantities';
import { readSample } from './read-sample.js';

const NOW = Date.UTC(2026, 2, 1, 12);
const good = { patient: 'p1', code: 'heart-rate', value: 72, unit: '/min', effectiveAt: '2026-03-01T08:15:30Z' };

function read(sample: unknown) {
  return readSample(sample, 3, { receivedAt: NOW });
}

function one(sample: unknown) {
  const [first, ...rest] = read(sample);
  if (first === undefined || rest.length > 0) throw new Error('one result was expected');
  return first;
}

describe('readSample takes', () => {
  it.each<[string, unknown, object]>([
    ['a plain value', good, { c: 1, t: Date.UTC(2026, 2, 1, 8, 15, 30), x: 72 }],
    ['a LOINC code', { ...good, code: '8867-4' }, { c: 1, x: 72 }],
    ['an MDC code', { ...good, code: '147842' }, { c: 1 }],
    [
      'mmol/L, kept as sent',
      { ...good, code: 'glucose', value: 5.5, unit: 'mmol/L' },
      { c: 9, x: 99.0858, o: [5.5, 'mmol/L'] },
    ],
    ['a bolus in U, which is [IU]', { ...good, code: 'insulin-bolus', value: 4.5, unit: 'U' }, { c: 18, x: 4.5 }],
    ['a bolus by its MDC name', { ...good, code: 'MDC_INS_BOLUS', value: 4.5, unit: '[IU]' }, { c: 18, x: 4.5 }],
    [
      'a basal rate in [IU]/min, kept as sent',
      { ...good, code: 'insulin-basal-rate', value: 0.02, unit: '[IU]/min' },
      { c: 19, x: 1.2, o: [0.02, '[IU]/min'] },
    ],
    ['no basal insulin at all', { ...good, code: 'insulin-basal-rate', value: 0, unit: '[IU]/h' }, { c: 19, x: 0 }],
    ['carbohydrates by LOINC', { ...good, code: '9059-7', value: 45, unit: 'g' }, { c: 20, x: 45 }],
    ['exercise as a fraction', { ...good, code: 'exercise-intensity', value: 0.6, unit: '1' }, { c: 21, x: 60 }],
    [
      'a bolus of which one should ask',
      { ...good, code: 'insulin-bolus', value: 31, unit: '[IU]' },
      { x: 31, q: 1, r: ['above-plausible-30'] },
    ],
    ['an equal unit, not kept', { ...good, unit: '{beat}/min' }, { c: 1, x: 72 }],
    ['a doubtful value', { ...good, value: 260 }, { x: 260, q: 1, r: ['above-plausible-250'] }],
    ['negative zero', { ...good, code: 'step-count', value: -0, unit: '{steps}' }, { x: 0 }],
    ['quality of the sender', { ...good, quality: { status: 'bad', reasons: ['motion'] } }, { q: 2, r: ['motion'] }],
    [
      'low perfusion',
      { ...good, code: 'oxygen-saturation', value: 95, unit: '%', quality: { perfusionIndex: 0.2 } },
      { q: 1, r: ['low-perfusion'] },
    ],
    ['an identifier', { ...good, id: 'x-1', channel: 'II' }, { i: 'x-1', h: 'II' }],
    ['nulls as absent', { ...good, id: null, device: null, values: null, quality: null }, { x: 72 }],
    ['nearly the future', { ...good, effectiveAt: new Date(NOW + 9 * 60_000).toISOString() }, { x: 72 }],
    [
      'RR intervals',
      { ...good, code: 'rr-interval', value: undefined, values: [0.8, 0.81], unit: 's' },
      { c: 2, s: [800, 810], o: [0.8, 's'] },
    ],
    [
      'a waveform',
      { ...good, code: 'ecg', value: undefined, values: [100, -200], unit: 'uV', periodMs: 4, channel: 'II' },
      { c: 12, s: [0.1, -0.2], p: 4, h: 'II' },
    ],
    [
      'an RR interval that a pause is',
      { ...good, code: 'rr-interval', value: undefined, values: [800, 4200], unit: 'ms' },
      { c: 2, s: [800, 4200] },
    ],
    [
      'a series with one odd value, as good as its others',
      { ...good, code: 'ecg', value: undefined, values: [0.1, 6, 0.1], unit: 'mV', periodMs: 4 },
      { c: 12, s: [0.1, 6, 0.1], r: ['above-plausible-5 in 1 of 3 values'] },
    ],
    [
      'a series that is odd throughout',
      { ...good, code: 'ecg', value: undefined, values: [6, 6], unit: 'mV', periodMs: 4 },
      { c: 12, s: [6, 6], q: 1, r: ['above-plausible-5'] },
    ],
  ])('%s', (_, sample, wire) => {
    const result = one(sample);
    expect(result).toMatchObject({ kind: 'sample', index: 3, wire });
    if (result.kind === 'sample' && 'c' in wire && wire.c === 1 && !('o' in wire))
      expect(result.wire.o).toBeUndefined();
    if (result.kind === 'sample') expect(Object.is(result.wire.x, -0)).toBe(false);
    if (result.kind === 'sample' && !('q' in wire)) expect(result.wire.q).toBeUndefined();
  });

  it('an evenly spaced series of single values as that many samples', () => {
    const results = read({
      ...good,
      code: 'glucose',
      value: undefined,
      values: [100, 5, 104],
      unit: 'mg/dL',
      periodMs: 300_000,
      id: 'cgm',
    });
    const start = Date.UTC(2026, 2, 1, 8, 15, 30);
    expect(results).toMatchObject([
      { kind: 'sample', wire: { t: start, x: 100, i: 'cgm#0' } },
      { kind: 'refused', code: 'impossible-value', pointer: '/values/1' },
      { kind: 'sample', wire: { t: start + 600_000, x: 104, i: 'cgm#2' } },
    ]);
  });
});

const ecg = { ...good, code: 'ecg', value: undefined, unit: 'mV' };

describe('readSample refuses', () => {
  it.each<[string, unknown, string, string?]>([
    ['a number', 5, 'not-a-sample'],
    ['null', null, 'not-a-sample'],
    ['an array', [good], 'not-a-sample'],
    ['no code', { ...good, code: undefined }, 'code-missing'],
    ['an unknown code', { ...good, code: 'heartrate' }, 'unknown-code'],
    ['a code of Object.prototype', { ...good, code: '__proto__' }, 'unknown-code'],
    ['no unit', { ...good, unit: undefined }, 'missing-unit', 'heart-rate is given in /min'],
    ['an unknown unit', { ...good, unit: 'bpm' }, 'unit-unknown', 'did you mean "/min"'],
    ['a unit of another measure', { ...good, unit: 'mg/dL' }, 'unit-mismatch'],
    ['no value', { ...good, value: undefined }, 'value-missing'],
    ['null for a value', { ...good, value: null }, 'value-missing'],
    ['text for a value', { ...good, value: '72' }, 'value-not-a-number'],
    ['true for a value', { ...good, value: true }, 'value-not-a-number'],
    ['"NaN"', { ...good, value: 'NaN' }, 'value-not-finite'],
    ['1e400', { ...good, value: JSON.parse('1e400') as number }, 'value-not-finite'],
    ['-1e400', { ...good, value: JSON.parse('-1e400') as number }, 'value-not-finite'],
    [
      'mg/dL sent as mmol/L',
      { ...good, code: 'glucose', value: 120, unit: 'mmol/L' },
      'impossible-value',
      'was the unit "mg/dL" meant',
    ],
    [
      '°F sent as °C',
      { ...good, code: 'body-temperature', value: 98.6, unit: 'Cel' },
      'impossible-value',
      'was the unit "[degF]" meant',
    ],
    ['a heart rate of zero', { ...good, value: 0 }, 'impossible-value'],
    ['no time', { ...good, effectiveAt: undefined }, 'timestamp-missing'],
    ['a number for a time', { ...good, effectiveAt: 1_700_000_000_000 }, 'timestamp-invalid'],
    ['a time without offset', { ...good, effectiveAt: '2026-03-01T08:15:30' }, 'timestamp-without-offset'],
    ['a day that does not exist', { ...good, effectiveAt: '2026-02-29T08:15:30Z' }, 'timestamp-invalid'],
    ['the future', { ...good, effectiveAt: new Date(NOW + 11 * 60_000).toISOString() }, 'timestamp-in-future'],
    ['the year 9999', { ...good, effectiveAt: '9999-12-31T23:59:59Z' }, 'timestamp-in-future'],
    ['SQL in a reference', { ...good, patient: "p1'; DROP TABLE twins; --" }, 'reference-invalid'],
    ['a path in a reference', { ...good, patient: '../../etc/passwd' }, 'reference-invalid'],
    ['another type in a reference', { ...good, device: 'Patient/p1' }, 'reference-invalid'],
    ['NUL in a reference', { ...good, patient: 'p\u00001' }, 'text-invalid'],
    ['NUL in an id', { ...good, id: 'a\u0000' }, 'text-invalid'],
    ['half a surrogate pair', { ...good, id: 'a\ud800' }, 'text-invalid'],
    ['a number for an id', { ...good, id: 7 }, 'text-invalid'],
    ['an empty source', { ...good, source: '' }, 'text-invalid'],
    ['a long channel', { ...good, channel: 'x'.repeat(SAMPLE_LIMITS.channel + 1) }, 'text-invalid'],
    ['an unknown quality', { ...good, quality: { status: 'fine' } }, 'quality-invalid'],
    ['text for quality', { ...good, quality: 'good' }, 'quality-invalid'],
    ['value and values', { ...good, values: [1] }, 'series-invalid'],
    ['one value of a waveform', { ...good, code: 'ecg', unit: 'mV', value: 1 }, 'series-invalid'],
    ['no values', { ...ecg, values: [], periodMs: 4 }, 'series-invalid'],
    ['values that are none', { ...ecg, values: 'abc', periodMs: 4 }, 'series-invalid'],
    ['a waveform without period', { ...ecg, values: [1, 2] }, 'series-invalid'],
    ['a period of zero', { ...ecg, values: [1, 2], periodMs: 0 }, 'series-invalid'],
    [
      'intervals with a period',
      { ...good, code: 'rr-interval', unit: 'ms', value: undefined, values: [800], periodMs: 4 },
      'series-invalid',
    ],
    ['text among values', { ...ecg, values: [1, 'x'], periodMs: 4 }, 'value-not-a-number'],
    ['null among values', { ...ecg, values: [1, null], periodMs: 4 }, 'value-missing'],
    ['an impossible value in a series', { ...ecg, values: [1, 1000], periodMs: 4 }, 'impossible-value', 'values[1]'],
    [
      'too long a series',
      { ...ecg, values: Array.from({ length: SAMPLE_LIMITS.seriesValues + 1 }, () => 0), periodMs: 4 },
      'series-invalid',
    ],
    [
      'a series that ends in the future',
      { ...ecg, effectiveAt: new Date(NOW).toISOString(), values: [0, 0, 0], periodMs: 3_600_000 },
      'timestamp-in-future',
    ],
  ])('%s', (_, sample, code, hint = '') => {
    const result = one(sample);
    expect(result).toMatchObject({ kind: 'refused', index: 3, code });
    if (result.kind === 'refused') {
      expect(result.message).toContain(hint);
      expect(result.message.length).toBeLessThan(400);
    }
  });
});

describe('readSample and the published schema', () => {
  /** Mostly `right`, else something odd or absent. */
  function mostly(right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
    const odd = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double(),
      fc.constantFrom(null, undefined, true, 'mg/dL', 'NaN'),
      fc.jsonValue(),
    );
    return fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: odd });
  }
  const sample = fc.constantFrom(...CATALOGUE).chain((measure) => {
    const value = fc.double({ min: measure.plausible[0] - 1, max: measure.plausible[1] + 1, noNaN: true });
    const series = measure.shape !== 'value';
    return fc.record({
      patient: mostly(fc.constantFrom('p1', 'Patient/p1', 'urn:mrn|7')),
      code: mostly(fc.constantFrom(measure.name, ...measure.loinc)),
      value: series ? fc.constant(undefined) : mostly(value),
      values: series ? mostly(fc.array(value, { minLength: 1, maxLength: 9 })) : mostly(fc.constant(undefined)),
      unit: mostly(fc.constant(measure.unit)),
      effectiveAt: mostly(fc.constantFrom('2026-03-01T08:15:30Z', '2026-03-01T08:15:30.123+01:00')),
      periodMs: mostly(measure.shape === 'waveform' ? fc.constantFrom(4, 8) : fc.constant(undefined)),
      id: mostly(fc.option(fc.string({ minLength: 1, maxLength: 20 }), { nil: undefined })),
      quality: mostly(fc.constantFrom(undefined, { status: 'good' }, { status: 'bad', reasons: ['x'] })),
    });
  });

  it('agree: what is taken fits the schema, and nothing throws', () => {
    let taken = 0;
    fc.assert(
      fc.property(sample, (raw) => {
        for (const result of read(raw)) {
          if (result.kind !== 'sample') continue;
          taken++;
          const present = Object.fromEntries(
            Object.entries(raw).filter(([, field]) => field !== null && field !== undefined),
          );
          expect(Sample.safeParse(present).success).toBe(true);
        }
      }),
      { ...propertyRuns(4_000), seed: 7 },
    );
    expect(taken).toBeGreaterThan(metInRuns(1_000));
  });

  it('agree on arbitrary JSON: nothing throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (raw) => {
        expect(read(raw).length).toBeGreaterThanOrEqual(1);
      }),
      propertyRuns(1_500),
    );
  });
});
