import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { repetition } from './interval-repetition.js';
import { AfDecision, NO_AF_DECISION, type AfVerdict, type ScoredBeat } from './stream-af-decision.js';
import { AfWindow, NEW_AF_WINDOW, type AfWindowState } from './stream-af-window.js';

/** Beats a second apart: `-` under the lower limit, `o` between the limits, `#` over the upper one. */
const EVIDENCE: Readonly<Record<string, number>> = { '-': 0.3, o: 1, '#': 1.6 };

function beatsOf(pattern: string): readonly ScoredBeat[] {
  return pattern
    .split('')
    .map((each, i) => ({ at: 1000 * i, irregularity: EVIDENCE[each]!, surprise: 0, repetition: 0 }));
}

function decided(pattern: string, every = Number.POSITIVE_INFINITY): string {
  let decision = new AfDecision(NO_AF_DECISION);
  const verdicts: AfVerdict[] = [];
  for (const [i, beat] of beatsOf(pattern).entries()) {
    verdicts.push(...decision.take(beat));
    if (i % every === 0)
      decision = new AfDecision(JSON.parse(JSON.stringify(decision.save())) as typeof NO_AF_DECISION);
  }
  verdicts.push(...decision.finish());
  expect(verdicts.map(({ at }) => at)).toEqual(beatsOf(pattern).map(({ at }) => at));
  return verdicts.map(({ af }) => (af ? '#' : '-')).join('');
}

describe('from scores to verdicts', () => {
  it.each([
    ['a run is fibrillation as a whole once one beat of it proves it', '--ooo#ooo--oo-', '--#######-----'],
    ['a run that nothing proves is none', '--ooooooo--', '-----------'],
    ['what follows proves nothing for an earlier run', 'oo-#', '---#'],
    ['what still waits at the end was not proven', '-ooo', '----'],
  ])('%s', (_, pattern, expected) => {
    expect(decided(pattern)).toBe(expected);
  });

  it('lets 220 beats wait and no more', () => {
    expect(decided(`${'o'.repeat(220)}#`)).toBe('#'.repeat(221));
    expect(decided(`${'o'.repeat(300)}#o`)).toBe(`${'-'.repeat(80)}${'#'.repeat(222)}`);
  });

  it('counts repetition against fibrillation', () => {
    const decision = new AfDecision(NO_AF_DECISION);
    const beat = { at: 0, irregularity: 0.9, surprise: 0.6 };
    expect(decision.take({ ...beat, repetition: 0.1 })).toEqual([{ at: 0, af: true }]);
    expect(decision.take({ ...beat, repetition: 1 }).map(({ af }) => af)).toEqual([true]);
    expect(new AfDecision(NO_AF_DECISION).take({ ...beat, repetition: 0.5 })).toEqual([]);
  });

  it('gives each beat one verdict, in order, the same when resumed from JSON anywhere', () => {
    const patterns = fc
      .array(fc.tuple(fc.constantFrom('-', 'o', 'o', '#'), fc.integer({ min: 1, max: 260 })), { maxLength: 8 })
      .map((parts) => parts.map(([each, count]) => each.repeat(each === 'o' ? count : Math.min(3, count))).join(''));
    fc.assert(
      fc.property(patterns, fc.integer({ min: 1, max: 50 }), (pattern, every) => {
        expect(decided(pattern, every)).toBe(decided(pattern));
      }),
      propertyRuns(100),
    );
  });

  it('goes on from memory stored before runs had to be proven', () => {
    let x = 7;
    const next = (): number => (x = (x * 48_271) % 2_147_483_647) / 2_147_483_647;
    let at = 0;
    let window = new AfWindow(NEW_AF_WINDOW);
    const beat = (): readonly AfVerdict[] => {
      const interval = Math.round(400 + 700 * next());
      at += interval;
      return window.push(at, interval);
    };
    for (let i = 0; i < 300; i++) beat();
    const { decision, ...rest } = window.save();
    expect(decision).toEqual({ proven: true, waiting: [] });
    const old: AfWindowState = { ...rest, scores: [rest.scores![0], rest.scores![1]] };
    window = new AfWindow(JSON.parse(JSON.stringify(old)) as AfWindowState);
    expect(window.isIrregular()).toBe(true);
    expect(beat()).toMatchObject([{ af: true }]);
  });
});

describe('repetition of intervals', () => {
  const cycle = (beats: number, size: number): number[] =>
    Array.from({ length: 91 }, (_, i) => Math.round(900 + size * Math.sin((2 * Math.PI * i) / beats)));

  it.each([2.5, 3, 4.3, 6, 8, 25])(
    'sees breathing or apnea of %d beats, and misses no more for a few odd beats',
    (beats) => {
      const intervals = cycle(beats, 200);
      expect(repetition(intervals)).toBeGreaterThan(0.8);
      intervals[20] = 450;
      intervals[21] = 1350;
      intervals[60] = 2100;
      expect(repetition(intervals)).toBeGreaterThan(0.6);
    },
  );

  it('is small for intervals that do not know of each other, 1 for equal ones, whatever the rate and sign', () => {
    let x = 11;
    const next = (): number => (x = (x * 48_271) % 2_147_483_647) / 2_147_483_647;
    const random = Array.from({ length: 91 }, () => Math.round(400 + 700 * next()));
    expect(repetition(random)).toBeLessThan(0.35);
    expect(repetition(random.map((each) => 2 * each))).toBeCloseTo(repetition(random), 10);
    expect(repetition(Array.from({ length: 91 }, () => 800))).toBe(1);
    expect(repetition(Array.from({ length: 91 }, (_, i) => (i % 2 ? 700 : 1000)))).toBeGreaterThan(0.9);
  });
});
