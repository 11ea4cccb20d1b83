import { describe, expect, it } from '@jest/globals';
import { defaultLimits, type Circumstances, type Cited, type DetectorStep, type Rule } from '#libs/domain/twin';
import { HOUR, MINUTE, SECOND, T0 } from '#libs/testing/ward';
import { AHEAD_DETECTOR } from './ahead-detector.js';
import { TREND_DETECTOR } from './trend-detector.js';

const [HEART, OXYGEN, BREATHS, SYSTOLIC, TEMPERATURE] = [1, 3, 4, 5, 8] as const;

function value(code: number, t: number, x: number, over: Partial<Cited> = {}): Cited {
  return { identity: `${code}-${t}`, version: 1, t, x, quality: 0, source: 'gateway', code, ...over };
}

/** Vital signs that get worse by the hour after the twelfth. */
function worsening(hours: number): Cited[] {
  return Array.from({ length: hours }, (_, hour) => {
    const worse = Math.max(0, hour - 12);
    const t = T0 + hour * HOUR;
    return [
      value(HEART, t, 78 + 4 * worse),
      value(OXYGEN, t + SECOND, 97 - 0.4 * worse),
      value(BREATHS, t + 2 * SECOND, 16 + worse),
      value(SYSTOLIC, t + 3 * SECOND, 125 - 3 * worse),
      value(TEMPERATURE, t + 4 * SECOND, 36.8 + 0.15 * worse),
      value(HEART, t + 10 * MINUTE, 78 + 4 * worse),
    ];
  }).flat();
}

interface Memory {
  readonly inputs: Readonly<Record<string, Cited>>;
  readonly cell: number | null;
  readonly finding: { readonly cites: readonly unknown[] } | null;
}

describe.each([
  ['deterioration-trend', TREND_DETECTOR],
  ['deterioration-ahead', AHEAD_DETECTOR],
])('%s', (rule, detector) => {
  function after(values: readonly Cited[], start: unknown = null, born: number | null = null): DetectorStep {
    let step: DetectorStep = { memory: start, holds: {} };
    let now = Number.NEGATIVE_INFINITY;
    for (const cited of values) {
      now = Math.max(now, cited.t);
      const at: Circumstances = {
        limitsOf: (one) => defaultLimits(one as Rule),
        person: { born, pregnancies: [], deceased: false },
        derived: () => ({ refused: 'none' }),
        now,
      };
      step = detector.step(step.memory, { cited }, at);
    }
    return step;
  }
  const memoryOf = ({ memory }: DetectorStep): Memory => memory as Memory;

  const begun = after([value(HEART, T0, 80)]);

  it.each([
    ['a value within the same minute', value(HEART, T0 + MINUTE - 1, 90), false],
    ['a value a minute later', value(HEART, T0 + MINUTE, 90), true],
    ['a doubtful value', value(HEART, T0 + MINUTE, 90, { quality: 1 }), false],
    ['the first value of another measure', value(OXYGEN, T0 + 1, 97), true],
    ['a late value', value(HEART, T0 - HOUR, 90), true],
  ])('charts %s, or not', (_, cited, isCharted) => {
    const step = after([cited], begun.memory);
    expect(step.memory !== begun.memory).toBe(isCharted);
    expect(memoryOf(step).inputs[cited.code]?.identity).toBe(
      isCharted && cited.t >= T0 ? cited.identity : memoryOf(begun).inputs[cited.code]?.identity,
    );
  });

  it('remembers the late value in its course, and the newest as evidence', () => {
    const late = value(HEART, T0 - HOUR, 90);
    const { inputs, ...others } = memoryOf(after([late], begun.memory));
    expect(inputs).toEqual(memoryOf(begun).inputs);
    const { inputs: __, ...before } = memoryOf(begun);
    expect(others).not.toEqual(before);
  });

  it('is judged with the first value of each five minutes, also one that is not charted', () => {
    expect(memoryOf(begun).cell).toBe(T0 / (5 * MINUTE));
    expect(memoryOf(after([value(HEART, T0 + 4 * MINUTE, 80)], begun.memory)).cell).toBe(T0 / (5 * MINUTE));
    const doubtful = after([value(HEART, T0 + 5 * MINUTE, 80, { quality: 1 })], begun.memory);
    expect(memoryOf(doubtful).cell).toBe(T0 / (5 * MINUTE) + 1);
    expect(memoryOf(doubtful).inputs).toEqual(memoryOf(begun).inputs);
  });

  it('holds while vital signs get worse, with the newest of each in order of time', () => {
    expect(after(worsening(12)).holds).toEqual({});
    const { holds, memory } = after(worsening(30));
    const finding = holds[rule]!;
    expect(finding.cites.map(({ code }) => code)).toEqual([OXYGEN, BREATHS, SYSTOLIC, TEMPERATURE, HEART]);
    const sum = finding.contributions!.reduce((all, { contribution }) => all + contribution, finding.intercept!);
    expect(finding.score).toBeCloseTo(sum, 9);
    const strongest = finding.contributions!.toSorted((a, b) => b.contribution - a.contribution)[0]!;
    expect(finding.words).toContain(`largest contributor: ${strongest.name}`);
    // What is remembered says the same until it is judged again.
    const soon = after([value(HEART, T0 + 29 * HOUR + 10 * MINUTE + SECOND, 150)], memory);
    expect(soon.memory).toBe(memory);
    expect(soon.holds).toEqual(holds);
  });

  it('is over when they are well again', () => {
    const well = worsening(12).map((cited) => ({
      ...cited,
      t: cited.t + 30 * HOUR,
      identity: `${cited.identity} well`,
    }));
    const { holds, memory } = after(well, after(worsening(30)).memory);
    expect(holds).toEqual({});
    expect(memoryOf({ memory, holds }).finding).toBeNull();
  });

  it('does not begin to hold for a child', () => {
    expect(after(worsening(30), null, T0 - 2 * 365 * 24 * HOUR).holds).toEqual({});
  });

  it('is stored with every cited measurement in another form', () => {
    const form = ({ identity }: Cited): string => identity;
    const whole = after(worsening(30)).memory as Memory;
    const stored = detector.mapCited!(whole, form) as Memory;
    expect(stored.inputs[HEART]).toBe(whole.inputs[HEART]!.identity);
    expect(stored.finding!.cites).toContain(whole.inputs[HEART]!.identity);
    expect(detector.mapCited!(whole, (cited: Cited) => cited)).toEqual(whole);
    expect(detector.mapCited!(begun.memory, form)).toMatchObject({ finding: null });
  });
});
