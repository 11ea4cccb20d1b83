import { describe, expect, it } from '@jest/globals';
import { propertyRuns } from '#libs/testing/properties';
import { afEpisodes, stepIntervals, type IntervalState } from '#libs/domain/rhythm';
import { madeSinus, type SinusKind } from './made-sinus.js';
import { repeatableNumbers } from '../methods/repeatable-numbers.js';

const KINDS: readonly SinusKind[] = ['breathing', 'irregular breathing', 'apnea'];
const PEOPLE = propertyRuns(25).numRuns;

function intervalsOf(beats: readonly number[]): readonly number[] {
  return beats.slice(1).map((at, i) => Math.round(1000 * (at - beats[i]!)));
}

function rmssd(intervals: readonly number[]): number {
  const steps = intervals.slice(1).map((each, i) => Math.min(600, Math.abs(each - intervals[i]!)));
  return Math.sqrt(steps.reduce((sum, each) => sum + each * each, 0) / steps.length);
}

/** Fibrillation: intervals that know nothing of each other, of this mean (ms) and coefficient of variation. */
function madeFibrillation(mean: number, variation: number, count: number, seed: number): readonly number[] {
  const next = repeatableNumbers(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
  return Array.from({ length: count }, () => Math.round(Math.max(280, mean * Math.exp(variation * normal()))));
}

function timesOf(intervals: readonly number[]): readonly number[] {
  let at = 0;
  return [0, ...intervals.map((each) => (at += each / 1000))];
}

describe.each(KINDS)('made sinus rhythm with %s', (kind) => {
  const people = Array.from({ length: PEOPLE }, (_, i) => madeSinus(kind, 50_021 * (i + 1)));

  it('swings as strongly as in young people at rest', () => {
    const sizes = people.map((beats) => rmssd(intervalsOf(beats))).sort((a, b) => a - b);
    expect(sizes[PEOPLE >> 1]).toBeGreaterThan(80);
    expect(sizes.at(-1)).toBeGreaterThan(120);
    expect(sizes.at(-1)).toBeLessThan(300);
  });

  it('is no fibrillation: no episode of two minutes, under 0.3 % of the time in any', () => {
    const episodes = people.flatMap((beats) => afEpisodes(beats));
    const inAf = episodes.reduce((sum, { from, until }) => sum + until - from, 0);
    expect(episodes.filter(({ from, until }) => until - from >= 120)).toEqual([]);
    expect(inAf / people.reduce((sum, beats) => sum + beats.at(-1)!, 0)).toBeLessThan(0.003);
  });

  it('is not reported as fibrillation by the stream, whose state stays under 4 kB', () => {
    let largest = 0;
    let state: IntervalState | null = null;
    let t = 1_700_000_000_000;
    for (const beats of people.slice(0, 8)) {
      const intervals = intervalsOf(beats).filter((each) => each > 0);
      for (let i = 0; i < intervals.length; i += 30) {
        const run = intervals.slice(i, i + 30);
        const step = stepIntervals(state, { t, intervals: run, doubtful: false });
        expect(step.findings.filter(({ rule }) => rule === 'atrial-fibrillation')).toEqual([]);
        state = step.state;
        largest = Math.max(largest, JSON.stringify(state).length);
        t += run.reduce((sum, each) => sum + each, 0);
      }
    }
    expect(largest).toBeLessThan(4096);
  });
});

describe('made fibrillation', () => {
  it.each([
    ['fast', 480, 0.2],
    ['usual', 720, 0.2],
    ['slow', 1000, 0.2],
    ['held back by drugs', 850, 0.14],
  ])('is found: %s', (_, mean, variation) => {
    const times = timesOf(madeFibrillation(mean, variation, 1500, 17));
    const found = afEpisodes(times).reduce((sum, { from, until }) => sum + until - from, 0);
    expect(found / times.at(-1)!).toBeGreaterThan(0.99);
  });

  it('is found between stretches of sinus rhythm that swings with breathing', () => {
    const sinus = intervalsOf(madeSinus('breathing', 77, 900)).filter((each) => each > 0);
    const middle = madeFibrillation(720, 0.2, 600, 19);
    const episodes = afEpisodes(timesOf([...sinus, ...middle, ...sinus])).filter(
      (each) => each.until - each.from >= 120,
    );
    const from = sinus.reduce((sum, each) => sum + each, 0) / 1000;
    const until = from + middle.reduce((sum, each) => sum + each, 0) / 1000;
    expect(episodes).toHaveLength(1);
    expect(Math.abs(episodes[0]!.from - from)).toBeLessThan(60);
    expect(Math.abs(episodes[0]!.until - until)).toBeLessThan(60);
  });

  it('is reported the same however the intervals are cut, after a stretch that long waits to be proven', () => {
    const sinus = intervalsOf(madeSinus('irregular breathing', 50_021 * 3, 900)).filter((each) => each > 0);
    const intervals = [...sinus, ...madeFibrillation(720, 0.2, 700, 23), ...sinus];
    const told = [1, 13, 500, intervals.length].map((size) => {
      let state: IntervalState | null = null;
      let t = 1_700_000_000_000;
      const findings = [];
      for (let i = 0; i < intervals.length; i += size) {
        const run = intervals.slice(i, i + size);
        const step = stepIntervals(state, { t, intervals: run, doubtful: false });
        state = JSON.parse(JSON.stringify(step.state)) as IntervalState;
        findings.push(...step.findings.filter(({ rule }) => rule === 'atrial-fibrillation'));
        t += run.reduce((sum, each) => sum + each, 0);
      }
      return findings;
    });
    expect(told[0]!.map(({ present }) => present)).toEqual([true, false]);
    for (const each of told) expect(each).toEqual(told[0]);
  });
});
