import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { ecgQuality, ppgQuality, pressureWaveQuality, type WaveQuality } from '../index.js';

const FS = 250;

/** A repeatable stream of numbers in -1..1 (Park and Miller 1988). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (2 * (state = (state * 48_271) % 2_147_483_647)) / 2_147_483_647 - 1;
}

function beats(fs: number, seconds: number, waves: ReadonlyArray<readonly [number, number, number]>): Float64Array {
  const out = new Float64Array(fs * seconds);
  for (let at = 0.5; at < seconds; at += 0.8 + 0.02 * Math.sin(at))
    for (let k = 0; k < out.length; k++)
      for (const [shift, height, width] of waves)
        out[k]! += height * Math.exp(-((k / fs - at - shift) ** 2) / (2 * width ** 2));
  return out;
}

const ecg = (fs = FS): Float64Array =>
  beats(fs, 10, [
    [-0.16, 0.12, 0.02],
    [0, 1, 0.011],
    [0.03, -0.2, 0.01],
    [0.28, 0.25, 0.045],
  ]);

/** A pulse rises in about 0.1 s and falls over half a second. */
function pulse(fs: number, foot: number, height: number): Float64Array {
  const out = new Float64Array(fs * 10);
  for (let k = 0; k < out.length; k++) {
    const s = (k / fs) % 0.8;
    out[k] = foot + height * (s < 0.12 ? Math.sin((s / 0.24) * Math.PI) ** 2 : Math.exp(-(s - 0.12) / 0.25));
  }
  return out;
}
const ppg = (fs = 125): Float64Array => pulse(fs, 0, 1);
const pressure = (fs = FS): Float64Array => pulse(fs, 78, 42);

const spoil = (x: Float64Array, change: (value: number, i: number) => number): Float64Array => x.map(change);
const KINDS = [
  ['ecg', ecgQuality, ecg],
  ['ppg', ppgQuality, ppg],
  ['pressure', pressureWaveQuality, pressure],
] as const;
const RATES = { ecg: 250, ppg: 125, pressure: 250 } as const;

describe.each(KINDS)('%s', (kind, judge, clean) => {
  const fs = RATES[kind];
  const of = (change: (value: number, i: number) => number): WaveQuality => judge(spoil(clean(), change), fs);

  it('finds nothing to say of a clean wave', () => {
    const quality = judge(clean(), fs);
    expect(quality.reasons).toEqual([]);
    expect(quality.usable).toBe(true);
    expect(quality.index).toBeGreaterThan(0.85);
  });

  it('accepts another supported rate when it is stated', () => {
    expect(judge(clean(500), 500).reasons).toEqual([]);
  });

  it('refuses a rate it was not made for', () => {
    for (const rate of [0, -250, Number.NaN, Number.POSITIVE_INFINITY, 5, 100_000])
      expect(judge(clean(), rate)).toEqual({ index: 0, usable: false, reasons: ['sampling-rate'] });
  });

  it('says too short, missing and flat', () => {
    expect(judge([], fs).reasons).toEqual(['too-short']);
    expect(judge(clean().subarray(0, fs), fs).reasons).toEqual(['too-short']);
    expect(of(() => Number.NaN).reasons).toEqual(['missing']);
    expect(of(() => 80)).toMatchObject({ usable: false, index: 0 });
    expect(of(() => 80).reasons).toContain('flat');
  });

  it('takes a hole and a flat stretch from the index', () => {
    const hole = of((value, i) => (i > 3 * fs && i < 6 * fs ? Number.NaN : value));
    expect(hole.reasons).toContain('missing');
    const flat = of((value, i) => (i > 3 * fs && i < 6 * fs ? 0 : value));
    expect(flat.reasons).toContain('flat');
    for (const quality of [hole, flat]) expect(quality.index).toBeLessThan(judge(clean(), fs).index - 0.25);
  });

  it('reports a wave that is cut off', () => {
    const top = Math.max(...clean());
    const low = Math.min(...clean());
    // The top of a QRS is too short to count as a rail: an ECG is cut near its baseline.
    const cut = kind === 'ecg' ? 0.02 : low + 0.4 * (top - low);
    expect(of((value) => Math.min(cut, value)).reasons).toContain('saturated');
  });

  it('reports a wave turned upside down', () => {
    expect(of((value) => (kind === 'pressure' ? 200 - value : -value)).reasons).toContain('inverted');
  });

  it('does not trust noise', () => {
    const next = numbers(7);
    const noise = of(() => 80 + 40 * next() * next());
    expect(noise.usable).toBe(false);
    expect(noise.reasons.length).toBeGreaterThan(0);
  });

  it('falls as noise grows', () => {
    const amplitude = kind === 'pressure' ? 42 : 1;
    const at = (share: number): number => {
      const next = numbers(11);
      return of((value) => value + share * amplitude * next()).index;
    };
    expect(at(0.02)).toBeGreaterThan(at(1.5));
    expect(at(1.5)).toBeLessThan(0.5);
  });

  it('never throws, stays within 0 to 1, and says why when it is not usable', () => {
    const sample = fc.oneof(
      fc.double(),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0, 1e308, -1e308),
      fc.integer(),
    );
    const rate = fc.oneof(fc.constantFrom(-1, 0, 20, 50, 100, 128.5, 1000), fc.double());
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 400 }), fc.nat(20), rate, (samples, repeat, hertz) => {
        const long = Array.from({ length: repeat }, () => samples).flat();
        const quality = judge(long, hertz);
        expect(quality.index >= 0 && quality.index <= 1).toBe(true);
        expect(quality.usable || quality.reasons.length > 0).toBe(true);
        expect(judge(long, hertz)).toEqual(quality);
      }),
      propertyRuns(100),
    );
  });
});

describe('ecg only', () => {
  it('reports baseline wander and mains interference', () => {
    const wander = spoil(ecg(), (value, i) => value + 1.5 * Math.sin((2 * Math.PI * 0.5 * i) / FS));
    expect(ecgQuality(wander, FS).reasons).toContain('baseline-wander');
    const hum = spoil(ecg(), (value, i) => value + 0.3 * Math.sin((2 * Math.PI * 50 * i) / FS));
    expect(ecgQuality(hum, FS).reasons).toContain('noisy');
  });

  it('refuses volts sent as millivolts', () => {
    expect(
      ecgQuality(
        spoil(ecg(), (value) => value / 1000),
        FS,
      ).usable,
    ).toBe(false);
    expect(
      ecgQuality(
        spoil(ecg(), (value) => value * 1000),
        FS,
      ).reasons,
    ).toContain('level-implausible');
  });
});

describe('ppg only', () => {
  it('works at the rates of wearables', () => {
    for (const fs of [20, 25, 64]) expect(ppgQuality(ppg(fs), fs)).toMatchObject({ usable: true, reasons: [] });
  });

  it('doubts a wave sent at half its rate: under 40 pulses a minute', () => {
    expect(ppgQuality(ppg(250), 125).reasons).toContain('rate-implausible');
  });
});

describe('pressure only', () => {
  it('reports a level no artery has', () => {
    for (const [foot, height] of [
      [-5, 40],
      [180, 150],
      [80, 12],
    ] as const) {
      const quality = pressureWaveQuality(pulse(FS, foot, height), FS);
      expect(quality.reasons).toContain('level-implausible');
      expect(quality.usable).toBe(false);
    }
  });

  it('reports a damped line', () => {
    const damped = new Float64Array(FS * 10).map((_, k) => 90 + 15 * Math.sin((2 * Math.PI * k) / FS));
    expect(pressureWaveQuality(damped, FS).reasons).toContain('damped');
  });
});
