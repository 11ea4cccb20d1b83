import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { CATALOGUE, convert, judge, measureByName, unitFactor, type MeasureName } from '#libs/domain/quantities';
import { checkVital, VITAL_SPECS, type AcceptedValue, type VitalState, type VitalVerdict } from '../index.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const T0 = 1_700_000_000_000;

function run(
  measure: MeasureName,
  values: readonly (readonly [t: number, x: number])[],
  others: readonly AcceptedValue[] = [],
): readonly VitalVerdict[] {
  let state: VitalState | null = null;
  return values.map(([after, x]) => {
    const verdict = checkVital(VITAL_SPECS[measure]!, state, { t: T0 + after, x, quality: 0 }, others);
    state = verdict.state;
    return verdict;
  });
}

const said = (verdicts: readonly VitalVerdict[]): readonly string[] =>
  verdicts.map(({ quality, reasons }) => [quality, ...reasons].join(' '));

/** Two units that people use for the same measure, and a true value in the canonical unit. */
const PAIRS: readonly (readonly [MeasureName, string, string, number])[] = [
  ['glucose', 'mg/dL', 'mmol/L', 380],
  ['glucose', 'mg/dL', 'mmol/L', 290],
  ['systolic-pressure', 'mm[Hg]', 'kPa', 120],
  ['diastolic-pressure', 'mm[Hg]', 'kPa', 80],
  ['mean-pressure', 'mm[Hg]', 'kPa', 95],
  ['systolic-pressure', 'mm[Hg]', 'cm[Hg]', 120],
  ['body-weight', 'kg', '[lb_av]', 80],
  ['body-weight', 'kg', '[lb_av]', 140],
  ['body-weight', 'kg', '[stone_av]', 80],
  ['body-temperature', 'Cel', '[degF]', 37],
  ['body-temperature', 'Cel', 'K', 37],
  ['oxygen-saturation', '%', '1', 97],
  ['heart-rate', '/min', 'Hz', 72],
  ['respiratory-rate', '/min', 'Hz', 16],
];

/** The canonical value that comes of a true one that was measured in one unit and sent as another. */
function mistaken(name: MeasureName, truly: number, measured: string, sentAs: string): number {
  const measure = measureByName(name)!;
  const { factor, offset } = unitFactor(measure, measured)!;
  return convert((truly - offset) / factor, unitFactor(measure, sentAs)!);
}

describe('a value of another unit than it says', () => {
  const both = PAIRS.flatMap(([name, a, b, x]) => [[name, a, b, x] as const, [name, b, a, x] as const]);
  it.each(both)(
    '%s measured in %s and sent as %s: refused as impossible, or doubted',
    (name, measured, sentAs, truly) => {
      const wrong = mistaken(name, truly, measured, sentAs);
      if (judge(measureByName(name)!, wrong).verdict === 'impossible') return;
      for (const after of [5 * MINUTE, 40 * MINUTE, 5 * HOUR]) {
        const verdicts = run(name, [
          [0, truly],
          [after, wrong],
          [after + 5 * MINUTE, wrong * 1.01],
          [after + 10 * MINUTE, truly],
        ]);
        expect(said(verdicts).slice(0, 3)).toEqual(['0', '1 unit-doubtful', '1 unit-doubtful']);
        expect(said(verdicts)[3]).not.toContain('unit');
      }
      // From another source that has sent nothing before.
      expect(said(run(name, [[0, wrong]], [{ t: T0 - MINUTE, x: truly }]))).toEqual(['1 unit-doubtful']);
    },
  );

  it('is tried for every measure whose values can be mistaken', () => {
    const named = new Set(PAIRS.map(([name]) => name));
    const states = Object.keys(VITAL_SPECS).filter((name) => measureByName(name)!.course === undefined);
    for (const name of states) expect(named).toContain(name);
    expect(CATALOGUE.length).toBeGreaterThan(named.size);
  });

  it('stays doubted for as long as it goes on like one', () => {
    const day = Array.from({ length: 288 }, (_, i) => [(i + 8) * 5 * MINUTE, 21 + Math.sin(i / 10)] as const);
    expect(new Set(said(run('glucose', [[0, 380], ...day])).slice(1))).toEqual(new Set(['1 unit-doubtful']));
  });
});

describe('a true emergency', () => {
  it('is not doubted when the values before it lead there', () => {
    const fall = [380, 340, 300, 260, 220, 180, 140, 100, 75, 55, 40, 30, 22].map(
      (x, i) => [i * 5 * MINUTE, x] as const,
    );
    expect(said(run('glucose', fall)).join()).not.toContain('unit');
  });

  it('is not doubted when another source measured about the same', () => {
    const values = [
      [0, 380],
      [HOUR, 21],
    ] as const;
    expect(said(run('glucose', values))[1]).toBe('1 unit-doubtful');
    expect(said(run('glucose', values, [{ t: T0 + HOUR - 5 * MINUTE, x: 24 }]))[1]).toBe('0 below-sensor-range');
  });

  it('is accepted once it moves as no value of the other unit can', () => {
    const verdicts = run('glucose', [
      [0, 380],
      [HOUR, 21],
      [HOUR + 5 * MINUTE, 22],
      // By 8 mg/dL in five minutes; as mmol/L it would be by 144.
      [HOUR + 10 * MINUTE, 30],
      [HOUR + 15 * MINUTE, 38],
    ]);
    expect(said(verdicts)).toEqual([
      '0',
      '1 unit-doubtful',
      '1 unit-doubtful',
      '0 below-sensor-range',
      '0 below-sensor-range',
    ]);
  });

  it('is nothing that the first value of all can be doubted for', () => {
    expect(said(run('glucose', [[0, 21]]))).toEqual(['0 below-sensor-range']);
  });
});

it('doubts no course of plausible steps', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 60, max: 350 }),
      fc.array(fc.integer({ min: -15, max: 15 }), { maxLength: 200 }),
      (start, steps) => {
        let x = start;
        const values = steps.map((step, i) => [i * 5 * MINUTE, (x = Math.min(400, Math.max(40, x + step)))] as const);
        expect(said(run('glucose', values)).join()).not.toContain('unit');
      },
    ),
    propertyRuns(100),
  );
});
