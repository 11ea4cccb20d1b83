import { describe, expect, it } from '@jest/globals';
import { afEpisodes, classifyBeats, classifyShortEcg, findBeats } from './index.js';
import { ecg, type Form, numbers, steady } from './rhythm.fixture.js';

function timesOf(intervals: readonly number[]): number[] {
  let at = 0;
  return intervals.map((interval) => (at += interval));
}

/** Without a P wave. */
const NARROW: Form = [
  [0, 1, 0.011],
  [0.03, -0.2, 0.01],
  [0.28, 0.25, 0.045],
];

describe('fibrillation from intervals', () => {
  it('finds an irregular stretch between regular ones, and nothing in a regular rhythm', () => {
    const next = numbers(7);
    const intervals = Array.from({ length: 1200 }, (_, i) =>
      i >= 400 && i < 800 ? 0.4 + 0.7 * next() : 0.8 + 0.02 * next(),
    );
    const times = timesOf(intervals);
    const episodes = afEpisodes(times);
    expect(episodes).toHaveLength(1);
    expect(Math.abs(episodes[0]!.from - times[400]!)).toBeLessThan(60);
    expect(Math.abs(episodes[0]!.until - times[800]!)).toBeLessThan(60);
    expect(afEpisodes(times.slice(0, 400))).toEqual([]);
  });

  it('does not take frequent early beats with their pauses for fibrillation', () => {
    const next = numbers(3);
    const intervals: number[] = [];
    while (intervals.length < 900) {
      const early = 0.42 + 0.2 * next();
      if (next() < 0.25) intervals.push(early, 1.6 - early);
      else intervals.push(0.8 + 0.03 * (next() - 0.5));
    }
    expect(afEpisodes(timesOf(intervals))).toEqual([]);
  });

  it('does not take irregularity that repeats itself for fibrillation', () => {
    const next = numbers(13);
    // Seven intervals in turn at a rate that drifts: every word differs, but each interval follows from those before it.
    const cycle = [0.9, 0.62, 1.05, 0.74, 0.55, 0.83, 0.68];
    const intervals = Array.from(
      { length: 900 },
      (_, i) => cycle[i % 7]! * (1 + 0.25 * Math.sin(i / 60)) + 0.01 * next(),
    );
    expect(afEpisodes(timesOf(intervals))).toEqual([]);
    const shuffled = intervals
      .map((_, i) => intervals[i - (i % 7) + Math.floor(7 * next())]!)
      .filter((each) => each > 0);
    expect(afEpisodes(timesOf(shuffled))).toHaveLength(1);
  });

  it('still finds fibrillation with ventricular beats and their pauses in it', () => {
    const next = numbers(17);
    const intervals: number[] = [];
    while (intervals.length < 600) {
      if (next() < 0.15) intervals.push(0.4 + 0.1 * next(), 0.9 + 0.3 * next());
      else intervals.push(0.42 + 0.6 * next());
    }
    const times = timesOf(intervals);
    const [episode] = afEpisodes(times);
    expect(episode).toEqual({ from: times[1], until: times.at(-1) });
  });

  it('says nothing of less than 93 intervals, and survives gaps, zero intervals, reversed and missing times', () => {
    const next = numbers(11);
    const times = timesOf(Array.from({ length: 110 }, () => 0.4 + 0.7 * next()));
    expect(afEpisodes(times.slice(0, 93))).toEqual([]);
    expect(afEpisodes(times)).toHaveLength(1);
    const bad = [0, 0, Number.NaN, 1, 0.5, 11, 21, 21, Infinity, -5];
    expect(afEpisodes([...bad, ...steady(300, 0.8, 30)])).toEqual([]);
  });
});

describe('beats from an ECG', () => {
  it.each([128, 250, 360, 500])('finds every beat within 50 ms at %i Hz, either way up', (fs) => {
    const truth = steady(60, 0.85);
    for (const sign of [1, -1]) {
      const found = findBeats(
        ecg(truth, 52, fs).map((value) => sign * value),
        fs,
      ).map(({ at }) => at / fs);
      // The filter settles in the first second.
      const due = truth.filter((at) => at > 1);
      for (const at of due) expect(found.some((each) => Math.abs(each - at) < 0.05)).toBe(true);
      expect(found.filter((at) => at > 1)).toHaveLength(due.length);
    }
  });

  it('distinguishes wide early beats from usual ones', () => {
    const truth: number[] = [];
    const wide = new Set<number>();
    for (let at = 0.5; at < 120;) {
      truth.push(at);
      if (truth.length % 10 === 0) {
        wide.add(truth.length);
        truth.push(at + 0.5);
        at += 1.6;
      } else at += 0.8;
    }
    const fs = 250;
    const samples = ecg(truth, 122, fs, wide);
    const classed = classifyBeats(samples, fs, findBeats(samples, fs)).filter(({ at }) => at > 30 * fs);
    const isWide = (at: number): boolean => [...wide].some((i) => Math.abs(truth[i]! - at / fs) < 0.1);
    const [right, all] = [classed.filter((beat) => (beat.class === 'V') === isWide(beat.at)).length, classed.length];
    expect(classed.some((beat) => beat.class === 'V')).toBe(true);
    expect(right / all).toBeGreaterThan(0.95);
  });

  it('finds no beats in a flat, saturated or missing signal and refuses a wrong rate', () => {
    const fs = 250;
    for (const value of [0, 5, Number.NaN]) expect(findBeats(new Float64Array(20 * fs).fill(value), fs)).toEqual([]);
    for (const rate of [0, 20, 5000, Number.NaN]) expect(findBeats(ecg(steady(20, 0.8), 16, fs), rate)).toEqual([]);
  });
});

describe('a short ECG', () => {
  const fs = 300;

  it('calls a flat, empty, missing or wrongly sampled one too noisy', () => {
    for (const length of [0, 5, 3 * fs, 30 * fs])
      for (const value of [0, 3, Number.NaN])
        expect(classifyShortEcg(new Float64Array(length).fill(value), fs)).toBe('~');
    for (const rate of [0, 50, Number.NaN]) expect(classifyShortEcg(ecg(steady(20, 0.8), 20, fs), rate)).toBe('~');
  });

  it('distinguishes steady beats with P waves from irregular ones without, upside down, at half the gain and in light noise too', () => {
    const next = numbers(5);
    const irregular = timesOf(Array.from({ length: 45 }, () => 0.4 + 0.55 * next()));
    const waves = Float64Array.from({ length: 30 * fs }, (_, i) => 0.05 * Math.sin((2 * Math.PI * 6 * i) / fs));
    const all = new Set(irregular.keys());
    const fibrillating = ecg(irregular, 30, fs, all, NARROW).map((value, i) => value + waves[i]!);
    const sinus = ecg(
      steady(36, 0.8).map((at) => at + 0.02 * next()),
      30,
      fs,
    );
    for (const change of [(value: number) => value, (value: number) => 0.03 * (next() - 0.5) - 0.5 * value]) {
      expect(classifyShortEcg(fibrillating.map(change), fs)).toBe('A');
      expect(classifyShortEcg(sinus.map(change), fs)).toBe('N');
    }
  });
});
