import { describe, expect, it } from '@jest/globals';
import { afEpisodes, checkAlarm, classifyBeats, classifyShortEcg, findBeats } from './index.js';

/** A repeatable stream of numbers in 0..1 (Park and Miller 1988). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

function timesOf(intervals: readonly number[]): number[] {
  let at = 0;
  return intervals.map((interval) => (at += interval));
}

/** Parts of a beat: seconds after it, height mV, width s. */
type Form = ReadonlyArray<readonly [number, number, number]>;
const WIDE: Form = [
  [0, 1.8, 0.045],
  [0.25, -0.5, 0.06],
];
/** Without a P wave. */
const NARROW: Form = [
  [0, 1, 0.011],
  [0.03, -0.2, 0.01],
  [0.28, 0.25, 0.045],
];

/** Sinus beats as sums of Gaussians; a wide beat has no P wave and twice the width. */
function ecg(
  beats: readonly number[],
  seconds: number,
  fs: number,
  wide: ReadonlySet<number> = new Set(),
  form = WIDE,
): Float64Array {
  const out = new Float64Array(Math.round(seconds * fs));
  beats.forEach((at, i) => {
    const parts: Form = wide.has(i)
      ? form
      : [
          [-0.16, 0.12, 0.02],
          [0, 1, 0.011],
          [0.03, -0.2, 0.01],
          [0.28, 0.25, 0.045],
        ];
    for (let k = Math.max(0, Math.round((at - 0.4) * fs)); k < Math.min(out.length, (at + 0.6) * fs); k++)
      for (const [shift, height, width] of parts)
        out[k]! += height * Math.exp(-((k / fs - at - shift) ** 2) / (2 * width ** 2));
  });
  return out;
}

function steady(count: number, interval: number, start = 0.5): number[] {
  return Array.from({ length: count }, (_, i) => start + i * interval);
}

function pulseWave(beats: readonly number[], seconds: number, fs: number): Float64Array {
  const out = new Float64Array(Math.round(seconds * fs)).fill(80);
  for (const at of beats)
    for (let k = Math.round(at * fs); k < Math.min(out.length, (at + 0.6) * fs); k++)
      out[k]! += 40 * Math.exp(-((k / fs - at - 0.25) ** 2) / (2 * 0.08 ** 2));
  return out;
}

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

describe('a bedside alarm checked against the signals', () => {
  const fs = 125;
  const normal = steady(50, 0.8);

  it('accepts asystole where neither ECG nor pulse go on, and withdraws it where the pulse does', () => {
    const silent = normal.filter((at) => at < 32);
    const ecgs = [ecg(silent, 40, fs)];
    expect(checkAlarm('asystole', { fs, ecg: ecgs, pulse: [pulseWave(silent, 40, fs)] })).toBe(true);
    expect(checkAlarm('asystole', { fs, ecg: ecgs, pulse: [pulseWave(normal, 40, fs)] })).toBe(false);
    expect(checkAlarm('asystole', { fs, ecg: [ecg(normal, 40, fs)], pulse: [] })).toBe(false);
  });

  it('counts slow and fast beats', () => {
    const slow = [ecg(steady(22, 1.8), 40, fs)];
    const fast = [ecg(steady(100, 0.4), 40, fs)];
    const usual = [ecg(normal, 40, fs)];
    expect(checkAlarm('extreme-bradycardia', { fs, ecg: slow, pulse: [] })).toBe(true);
    expect(checkAlarm('extreme-bradycardia', { fs, ecg: usual, pulse: [] })).toBe(false);
    expect(checkAlarm('extreme-tachycardia', { fs, ecg: fast, pulse: [] })).toBe(true);
    expect(checkAlarm('extreme-tachycardia', { fs, ecg: [...usual, ...usual], pulse: [] })).toBe(false);
    expect(checkAlarm('ventricular-fibrillation', { fs, ecg: usual, pulse: [] })).toBe(false);
  });

  it('lets asystole stand in noise, hum and a wave too short to judge', () => {
    const silent = ecg(
      normal.filter((at) => at < 30),
      40,
      fs,
    );
    const next = numbers(9);
    const noisy = silent.map((value) => value + 0.15 * (next() - 0.5));
    const hum = silent.map((value, i) => value + 0.05 * Math.sin((2 * Math.PI * 50 * i) / fs));
    for (const lead of [noisy, hum, silent.subarray(0, 2 * fs), silent.subarray(30 * fs)])
      expect(checkAlarm('asystole', { fs, ecg: [lead], pulse: [] })).toBe(true);
    const stopped = pulseWave(normal, 40, fs).subarray(0, 34 * fs);
    expect(checkAlarm('asystole', { fs, ecg: [silent], pulse: [stopped] })).toBe(true);
  });

  it('accepts a good slow lead over a channel that counts twice, and wants two slow channels against a fast one', () => {
    const slow = ecg(steady(22, 1.8), 40, fs);
    const twice = pulseWave(steady(44, 0.9), 40, fs);
    expect(checkAlarm('extreme-bradycardia', { fs, ecg: [slow], pulse: [twice] })).toBe(true);
    const usual = ecg(normal, 40, fs);
    expect(checkAlarm('extreme-tachycardia', { fs, ecg: [usual], pulse: [] })).toBe(true);
    expect(checkAlarm('extreme-tachycardia', { fs, ecg: [usual, usual], pulse: [] })).toBe(false);
  });

  it.each([150, 200, 260])('does not take steady flutter of %i/min for beats', (rate) => {
    const flutter = Float64Array.from(
      { length: 40 * fs },
      (_, i) => 0.8 * Math.sin((2 * Math.PI * rate * i) / 60 / fs),
    );
    expect(checkAlarm('ventricular-fibrillation', { fs, ecg: [flutter], pulse: [] })).toBe(true);
    expect(checkAlarm('ventricular-fibrillation', { fs, ecg: [flutter], pulse: [pulseWave(normal, 40, fs)] })).toBe(
      false,
    );
  });

  it('accepts a wide fast run and withdraws ventricular tachycardia from a steady rhythm with its pulse', () => {
    const run = [...normal.filter((at) => at < 31), ...steady(20, 0.42, 31.3)];
    const wide = new Set(run.map((_, i) => i).filter((i) => run[i]! > 31));
    const beaten = pulseWave(
      run.filter((at) => at < 31),
      40,
      fs,
    );
    const lead = ecg(run, 40, fs, wide);
    const usual = ecg(normal, 40, fs);
    const pulse = [pulseWave(normal, 40, fs)];
    expect(checkAlarm('ventricular-tachycardia', { fs, ecg: [lead, lead], pulse: [beaten] })).toBe(true);
    expect(checkAlarm('ventricular-tachycardia', { fs, ecg: [usual, usual], pulse })).toBe(false);
  });

  it('lets an alarm stand when no signal can be used', () => {
    for (const signals of [
      { fs, ecg: [], pulse: [] },
      { fs, ecg: [new Float64Array(10_000)], pulse: [new Float64Array(10_000).fill(Number.NaN)] },
      { fs: 10, ecg: [ecg(normal, 40, fs)], pulse: [] },
    ])
      for (const rule of ['asystole', 'ventricular-fibrillation', 'ventricular-tachycardia'] as const)
        expect(checkAlarm(rule, signals)).toBe(true);
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
