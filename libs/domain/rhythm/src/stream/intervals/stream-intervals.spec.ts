import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { afVerdicts } from '../../fibrillation/af-detector.js';
import type { AfVerdict } from '../../fibrillation/stream-af-decision.js';
import { AfWindow, NEW_AF_WINDOW } from '../../fibrillation/stream-af-window.js';
import { afBurden, stepIntervals, type IntervalRun, type IntervalState, type RhythmFinding } from '../../index.js';

const START = 1_700_000_000_000;

/** A repeatable stream of numbers in 0..1 (Park and Miller 1988). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, each) => total + each, 0);
}

interface Told {
  readonly state: IntervalState | null;
  readonly findings: readonly RhythmFinding[];
}

/** Intervals cut into runs of the sizes given, in turn; the state goes through JSON between them. */
function stream(intervals: readonly number[], sizes: readonly number[] = [30], doubtful = false): Told {
  let state: IntervalState | null = null;
  const findings: RhythmFinding[] = [];
  let t = START;
  for (let i = 0, turn = 0; i < intervals.length; turn++) {
    const run = intervals.slice(i, i + sizes[turn % sizes.length]!);
    const step = stepIntervals(state, { t, intervals: run, doubtful });
    state = JSON.parse(JSON.stringify(step.state)) as IntervalState;
    findings.push(...step.findings);
    t += sum(run);
    i += run.length;
  }
  return { state, findings };
}

function steady(count: number, interval: number, seed = 5): number[] {
  const next = numbers(seed);
  return Array.from({ length: count }, () => Math.round(interval + 20 * (next() - 0.5)));
}

function irregular(count: number, seed = 7): number[] {
  const next = numbers(seed);
  return Array.from({ length: count }, () => Math.round(400 + 700 * next()));
}

function allFinite(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(allFinite);
}

/** Intervals with every trouble in them. */
const ANY_INTERVALS = fc
  .array(
    fc.oneof(
      fc.record({ count: fc.integer({ min: 1, max: 200 }), interval: fc.integer({ min: 350, max: 1900 }) }),
      fc.record({ count: fc.constant(1), interval: fc.constantFrom(0, 50, 150, 2400, 3300, 6000, 11_000, 700_000) }),
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((parts) =>
    parts.flatMap(({ count, interval }, i) =>
      count === 1 ? [interval] : i % 2 ? irregular(count, interval) : steady(count, interval, interval),
    ),
  );

const told = (findings: readonly RhythmFinding[], rule: string): readonly RhythmFinding[] =>
  findings.filter((each) => each.rule === rule);

describe('the fibrillation window as data', () => {
  it('gives the verdicts of the whole-recording detector, resumed from JSON at any beat', () => {
    const anyUnits = fc.array(fc.oneof(fc.integer({ min: 300, max: 1300 }), fc.integer({ min: 20, max: 7000 })), {
      minLength: 120,
      maxLength: 500,
    });
    fc.assert(
      fc.property(anyUnits, fc.integer({ min: 1, max: 60 }), (units, every) => {
        // Units of 1/1024 s, so that differences of times are exact.
        const usable = units.filter((unit) => unit > 102);
        let window = new AfWindow(NEW_AF_WINDOW);
        const times = [0];
        const found: AfVerdict[] = [];
        let at = 0;
        usable.forEach((unit, i) => {
          at += unit;
          times.push(at / 1024);
          found.push(...window.push(at, unit / 1.024));
          if (i % every === 0) window = new AfWindow(JSON.parse(JSON.stringify(window.save())) as typeof NEW_AF_WINDOW);
        });
        found.push(...window.finish());
        expect(found.map((each) => ({ ...each, at: each.at / 1024 }))).toEqual([...afVerdicts(times)]);
      }),
      propertyRuns(40),
    );
  });
});

describe('rhythm from intervals', () => {
  it('emits fibrillation after six minutes of it, when it is over, and the burden; nothing of three minutes', () => {
    const long = stream([...steady(600, 800), ...irregular(900), ...steady(600, 800)]);
    const af = told(long.findings, 'atrial-fibrillation');
    expect(af.map(({ present }) => present)).toEqual([true, false]);
    const onset = START + 600 * 800;
    expect(Math.abs(af[0]!.since - onset)).toBeLessThan(60_000);
    expect(af[0]!.value).toBeCloseTo(6, 0);
    expect(af[0]!.at - onset).toBeGreaterThan(360_000);
    expect(Math.abs(af[1]!.value - (900 * 750) / 60_000)).toBeLessThan(1);
    const burden = afBurden(long.state!, af[1]!.at)!;
    expect(burden.percent).toBeGreaterThan(30);
    expect(burden.percent).toBeLessThan(50);
    const short = stream([...steady(600, 800), ...irregular(240), ...steady(600, 800)]);
    expect(told(short.findings, 'atrial-fibrillation')).toEqual([]);
    expect(afBurden(short.state!, START + 3_600_000)!.percent).toBeGreaterThan(5);
    expect(afBurden(short.state!, START + 100 * 3_600_000)).toBeNull();
  });

  it('emits a slow heart after a minute and its end, and a fast one, once more when very fast', () => {
    const slow = told(stream([...steady(60, 900), ...steady(60, 1650), ...steady(60, 900)]).findings, 'bradycardia');
    expect(slow.map(({ present }) => present)).toEqual([true, false]);
    expect(slow[0]!.value).toBeCloseTo(60_000 / 1650, 0);
    expect(slow[0]!.at - slow[0]!.since).toBeGreaterThanOrEqual(60_000);
    const ramp = [...steady(60, 900), ...steady(300, 460), ...steady(300, 370), ...steady(100, 900)];
    expect(told(stream(ramp).findings, 'tachycardia').map(({ present }) => present)).toEqual([true, true, false]);
    expect(stream([...steady(60, 900), ...steady(80, 460), ...steady(60, 900)]).findings).toEqual([]);
  });

  it('emits a pause of 3 s, notes one of 2 s, and doubts one that missed beats explain', () => {
    const varied = Array.from({ length: 40 }, (_, i) => 800 + 90 * (i % 3));
    const [pause, over] = told(stream([...varied, 3400, ...steady(90, 800)]).findings, 'pause');
    expect(pause).toMatchObject({ present: true, value: 3400, confident: true, at: START + sum(varied) + 3400 });
    expect(over).toMatchObject({ present: false });
    const [noted] = told(stream([...varied, 2300, ...varied]).findings, 'pause');
    expect(noted).toMatchObject({ present: false, value: 2300 });
    const [missed] = told(stream([...steady(40, 1550), 3100, ...steady(9, 1550)]).findings, 'pause');
    expect(missed).toMatchObject({ present: true, confident: false });
    expect(missed!.note).toContain('missed beat');
    expect(told(stream([...varied, 3400], [30], true).findings, 'pause')[0]).toMatchObject({ confident: false });
  });

  it('takes no gap for a pause: neither between runs nor an interval over 10 s', () => {
    const first: IntervalRun = { t: START, intervals: steady(60, 800), doubtful: false };
    const { state } = stepIntervals(null, first);
    const later = stepIntervals(state, { ...first, t: START + sum(first.intervals) + 4000 });
    expect(later.findings).toEqual([]);
    expect(later.refusals).toEqual([]);
    expect(stream([...steady(60, 800), 12_000, ...steady(60, 800)]).findings).toEqual([]);
  });

  it('suspects ectopy from frequent early beats with a pause, and not from a few', () => {
    const withEarly = (every: number): number[] =>
      Array.from({ length: 900 }, (_, i) => (i % every === 0 ? 520 : i % every === 1 ? 1080 : 800)).slice(2);
    const frequent = told(stream(withEarly(15)).findings, 'ectopy-suspected');
    expect(frequent[0]).toMatchObject({ present: true, unit: '/h' });
    expect(frequent[0]!.note).toContain('suspected');
    expect(told(stream(withEarly(200)).findings, 'ectopy-suspected')).toEqual([]);
  });

  it('says the same however the intervals are cut into runs', () => {
    fc.assert(
      fc.property(ANY_INTERVALS, fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (intervals, sizes) => {
        const whole = stream(intervals, [intervals.length]);
        const cut = stream(intervals, sizes);
        expect(cut.findings).toEqual(whole.findings);
        expect({ ...cut.state, from: 0 }).toEqual({ ...whole.state, from: 0 });
      }),
      propertyRuns(60),
    );
  });

  it('refuses repeated input, what is out of order and what is no number, and stays as it was', () => {
    const run: IntervalRun = { t: START, intervals: steady(30, 800), doubtful: false };
    const { state } = stepIntervals(null, run);
    const refusals: ReadonlyArray<readonly [Partial<IntervalRun>, string]> = [
      [{}, 'duplicate'],
      [{ t: START - 5000 }, 'reversed'],
      [{ t: START + 5000 }, 'overlapping'],
      [{ t: Number.NaN }, 'not-a-number'],
      [{ t: START + 60_000, intervals: [800, Number.NaN] }, 'not-a-number'],
      [{ t: START + 60_000, intervals: [800, -1] }, 'not-a-number'],
      [{ t: START + 60_000, intervals: [1e300] }, 'interval-out-of-range'],
    ];
    for (const [change, reason] of refusals) {
      const step = stepIntervals(state, { ...run, ...change });
      expect(step).toEqual({ state, findings: [], refusals: [{ reason, count: 1 }] });
      expect(step.state).toBe(state);
    }
    const odd = stepIntervals(state, { ...run, t: START + sum(run.intervals), intervals: [0, 800, 12_000, 800] });
    expect(odd.refusals).toEqual([{ reason: 'interval-out-of-range', count: 2 }]);
  });

  it('keeps a bounded state without NaN whatever comes', () => {
    const anyNumber = fc.oneof(
      fc.double(),
      fc.integer({ min: -100, max: 20_000 }),
      fc.constantFrom(0, Number.NaN, 1e300),
    );
    const anyRun = fc.record({
      t: fc.oneof(
        fc.double(),
        fc.integer({ min: 0, max: 10_000_000 }).map((each) => START + each),
      ),
      intervals: fc.oneof(fc.array(anyNumber), ANY_INTERVALS),
      doubtful: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(anyRun, { maxLength: 12 }), (runs) => {
        let state: IntervalState | null = null;
        for (const run of runs) {
          const step = stepIntervals(state, run);
          const json = JSON.stringify(step.state);
          // NaN would come back as null.
          expect(allFinite(step.state)).toBe(true);
          expect(JSON.stringify(JSON.parse(json))).toBe(json);
          expect(json.length).toBeLessThan(4096);
          state = step.state;
        }
      }),
      propertyRuns(80),
    );
    const day = stream(
      Array.from({ length: 40 }, (_, i) => (i % 2 ? irregular(2000, i + 1) : steady(2000, 900))).flat(),
      [997],
    );
    expect(JSON.stringify(day.state).length).toBeLessThan(4096);
  });
});
