import { UcumLhcUtils } from '@lhncbc/ucum-lhc';
import { describe, expect, it } from '@jest/globals';
import { CATALOGUE } from './catalogue.js';
import { codingOf, measureByCoding, measureByName, measureByNumber, resolveCode } from './codes.js';
import { MEASURE_NAMES, type Measure } from './measure.js';
import { judge } from './plausibility.js';
import { GLUCOSE_MOLAR_MASS, toCanonical, unitsOf } from './units.js';

const ucum = UcumLhcUtils.getInstance();
/** UCUM tools convert no arbitrary unit such as [IU]: mol in its place shows that prefixes and times are right. */
const convertible = (unit: string): string => unit.replace(/\[[iI]U\]|^U(?=\/|$)/, 'mol');
const pairs = CATALOGUE.flatMap((measure) => unitsOf(measure).map((unit) => [measure.name, unit] as const));

function measure(name: string): Measure {
  const found = measureByName(name);
  if (found === undefined) throw new Error(`no measure ${name}`);
  return found;
}

describe('catalogue', () => {
  it('numbers measures from 1 in the order of their names', () => {
    expect(CATALOGUE.map((entry) => entry.name)).toEqual([...MEASURE_NAMES]);
    expect(CATALOGUE.map((entry) => entry.number)).toEqual(MEASURE_NAMES.map((_, index) => index + 1));
  });

  it('gives every code to one measure only', () => {
    const codes = CATALOGUE.flatMap((entry) => [...entry.loinc, ...entry.mdc.map(String)]);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it.each(CATALOGUE.map((entry) => [entry.name, entry] as const))('%s is found by each of its codes', (_, entry) => {
    expect(measureByNumber(entry.number)).toBe(entry);
    expect(resolveCode(entry.name)).toBe(entry);
    for (const code of entry.loinc) {
      expect(measureByCoding('http://loinc.org', code)).toBe(entry);
      expect(resolveCode(code)).toBe(entry);
    }
    for (const code of entry.mdc) expect(measureByCoding('urn:iso:std:iso:11073:10101', String(code))).toBe(entry);
    expect(codingOf(entry).code).toBeTruthy();
    expect(entry.plausible[0]).toBeGreaterThanOrEqual(entry.possible[0]);
    expect(entry.plausible[1]).toBeLessThanOrEqual(entry.possible[1]);
    expect(unitsOf(entry)[0]).toBe(entry.unit);
  });

  it.each(['', 'heart rate', 'HEART-RATE', '8867-5', '__proto__', 'constructor', '147843'])(
    'knows no code "%s"',
    (code) => {
      expect(resolveCode(code)).toBeUndefined();
    },
  );

  it('takes a LOINC code only from LOINC', () => {
    expect(measureByCoding('http://snomed.info/sct', '8867-4')).toBeUndefined();
    expect(resolveCode('MDC_ECG_HEART_RATE')).toBe(measure('heart-rate'));
  });
});

describe('units agree with ucum-lhc', () => {
  it.each(pairs)('%s in %s', (name, unit) => {
    const target = measure(name);
    for (const value of [0.5, 1, 37, 98.6, 1234.5]) {
      const theirs = ucum.convertUnitTo(convertible(unit), value, convertible(target.unit), {
        molecularWeight: GLUCOSE_MOLAR_MASS,
      });
      expect({ unit, status: theirs.status }).toEqual({ unit, status: 'succeeded' });
      const ours = toCanonical(target, value, unit);
      if (!ours.ok || theirs.toVal === null) throw new Error(`${name} is not given in ${unit}`);
      expect(Math.abs(ours.value - theirs.toVal)).toBeLessThanOrEqual(Math.abs(theirs.toVal) * 1e-9 + 1e-9);
    }
  });
});

describe('toCanonical', () => {
  it.each([
    ['body-temperature', 98.6, '[degF]', 37],
    ['body-temperature', 310.15, 'K', 37],
    ['glucose', 5.5, 'mmol/L', 99.0858],
    ['oxygen-saturation', 0.97, '1', 97],
    ['body-weight', 154, '[lb_av]', 69.85322498],
    ['rr-interval', 0.8, 's', 800],
    ['step-count', -0, '{steps}', 0],
    ['insulin-bolus', 4.5, 'U', 4.5],
    ['insulin-bolus', 4.5, '[iU]', 4.5],
    ['insulin-basal-rate', 0.02, '[IU]/min', 1.2],
    ['insulin-basal-rate', 0.02, 'U/min', 1.2],
    ['insulin-basal-rate', 24, 'U/d', 1],
    ['carbohydrate-intake', 0.045, 'kg', 45],
    ['exercise-intensity', 0.6, '1', 60],
  ])('%s %d %s is %d', (name, value, unit, expected) => {
    const result = toCanonical(measure(name), value, unit);
    expect(result).toEqual({ ok: true, value: expected });
    expect(Object.is(result.ok && result.value, -0)).toBe(false);
  });

  it.each([
    ['heart-rate', 'mg/dL', 'unit-mismatch', '/min'],
    ['glucose', 'mm[Hg]', 'unit-mismatch', 'mg/dL'],
    ['heart-rate', 'bpm', 'unit-unknown', 'did you mean "/min"'],
    ['systolic-pressure', 'mmHg', 'unit-unknown', 'did you mean "mm[Hg]"'],
    ['body-temperature', '°F', 'unit-unknown', 'did you mean "[degF]"'],
    ['body-weight', 'lbs', 'unit-unknown', 'did you mean "[lb_av]"'],
    ['insulin-bolus', 'IU', 'unit-unknown', 'did you mean "[IU]"'],
    ['insulin-bolus', 'mL/min', 'unit-mismatch', '[IU]'],
    ['insulin-bolus', '[IU]/h', 'unit-mismatch', '[IU]'],
    ['insulin-bolus', 'mg', 'unit-mismatch', '[IU]'],
    ['insulin-basal-rate', '[IU]', 'unit-mismatch', '[IU]/h'],
    ['carbohydrate-intake', 'grams', 'unit-unknown', 'did you mean "g"'],
    ['glucose', '__proto__', 'unit-unknown', 'mg/dL'],
    ['glucose', '\u0000\ud800', 'unit-unknown', '\ufffd\ufffd'],
    ['glucose', 'x'.repeat(5000), 'unit-unknown', '…'],
  ])('%s in "%s" is refused as %s', (name, unit, code, hint) => {
    const result = toCanonical(measure(name), 1, unit);
    expect(result).toMatchObject({ ok: false, code });
    if (!result.ok) {
      expect(result.message).toContain(hint);
      expect(result.message.length).toBeLessThan(300);
    }
  });
});

describe('judge', () => {
  it.each([
    ['glucose', 100, 'good'],
    ['glucose', 15, 'doubtful'],
    ['glucose', 12, 'impossible'],
    ['oxygen-saturation', 100, 'good'],
    ['oxygen-saturation', 100.1, 'impossible'],
    ['oxygen-saturation', 40, 'doubtful'],
    ['heart-rate', 300, 'doubtful'],
    ['insulin-bolus', 0, 'good'],
    ['insulin-bolus', 30.05, 'doubtful'],
    ['insulin-bolus', 300, 'impossible'],
    ['insulin-bolus', -0.1, 'impossible'],
    ['insulin-basal-rate', 0, 'good'],
    ['insulin-basal-rate', -1, 'impossible'],
    ['carbohydrate-intake', 301, 'doubtful'],
    ['exercise-intensity', 101, 'impossible'],
    ['heart-rate', 301, 'impossible'],
    ['heart-rate', Number.NaN, 'impossible'],
    ['heart-rate', Number.POSITIVE_INFINITY, 'impossible'],
  ])('%s of %d is %s', (name, value, verdict) => {
    expect(judge(measure(name), value).verdict).toBe(verdict);
  });

  it.each([
    ['glucose', 120, 'mmol/L', 'mg/dL'],
    ['glucose', 5.5, 'mg/dL', 'mmol/L'],
    ['body-temperature', 98.6, 'Cel', '[degF]'],
    ['body-temperature', 37, '[degF]', 'Cel'],
    ['oxygen-saturation', 97, '1', '%'],
    ['oxygen-saturation', 0.97, '%', '1'],
    ['rr-interval', 0.8, 'ms', 's'],
    ['systolic-pressure', 120, 'kPa', 'mm[Hg]'],
    ['carbohydrate-intake', 45_000, 'g', 'mg'],
    ['insulin-basal-rate', 1.2, '[IU]/min', '[IU]/h'],
    ['exercise-intensity', 60, '1', '%'],
  ])('%s of %d %s is impossible and hints at %s', (name, value, unit, hint) => {
    const target = measure(name);
    const converted = toCanonical(target, value, unit);
    if (!converted.ok) throw new Error(converted.message);
    const judgement = judge(target, converted.value, [value, unit]);
    expect(judgement).toMatchObject({ verdict: 'impossible' });
    if (judgement.verdict === 'impossible') expect(judgement.reason).toContain(`was the unit "${hint}" meant?`);
  });
});
