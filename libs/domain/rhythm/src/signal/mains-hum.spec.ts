import { describe, expect, it } from '@jest/globals';
import { withoutHum } from './mains-hum.js';

const FS = 250;

/** Sinus beats at 75/min for `until` seconds of twelve. */
function ecg(until: number): Float64Array {
  const out = new Float64Array(12 * FS);
  for (let beat = 0.5; beat < until; beat += 0.8)
    for (let k = 0; k < out.length; k++) {
      const t = k / FS - beat;
      out[k]! += 1.2 * Math.exp(-0.5 * (t / 0.011) ** 2) + 0.3 * Math.exp(-0.5 * ((t - 0.28) / 0.045) ** 2);
    }
  return out;
}

function withHum(samples: Float64Array, hertz: number, amplitude: number, from = 0): Float64Array {
  return samples.map((x, i) => (i < from * FS ? x : x + amplitude * Math.sin((2 * Math.PI * hertz * i) / FS)));
}

const farthest = (a: Float64Array, b: Float64Array, from: number): number =>
  a.reduce((most, x, i) => (i < from * FS ? most : Math.max(most, Math.abs(x - b[i]!))), 0);

describe('hum of the mains', () => {
  it.each([50, 49.8, 60])('of %d Hz is filtered out of a flat line', (hertz) => {
    const clean = withoutHum(withHum(new Float64Array(12 * FS), hertz, 0.3), FS);
    expect(farthest(clean, new Float64Array(12 * FS), 1)).toBeLessThan(0.02);
  });

  it('is found when it comes with the silence', () => {
    const silent = ecg(8);
    const humming = withHum(silent, 50, 0.3, 8.5);
    expect(farthest(withoutHum(humming, FS), silent, 9)).toBeLessThan(0.02);
  });

  it('leaves the beats', () => {
    const usual = ecg(12);
    const clean = withoutHum(withHum(usual, 50, 0.3), FS);
    expect(Math.max(...clean.subarray(FS))).toBeGreaterThan(0.8);
    expect(farthest(clean, usual, 1)).toBeLessThan(0.4);
  });

  it('is looked for and nothing is touched where there is none, or the rate is too low to hold it', () => {
    const usual = ecg(12);
    expect(withoutHum(usual, FS)).toBe(usual);
    const slow = Float64Array.from({ length: 1000 }, (_, i) => Math.sin(i));
    expect(withoutHum(slow, 100)).toBe(slow);
  });

  it('keeps what is missing missing, and survives it', () => {
    const torn = withHum(ecg(12), 50, 0.3).map((x, i) => (i % 997 < 40 ? Number.NaN : x));
    const clean = withoutHum(torn, FS);
    expect([...clean].map(Number.isNaN)).toEqual([...torn].map(Number.isNaN));
    expect(withoutHum(new Float64Array(0), FS)).toHaveLength(0);
  });
});
