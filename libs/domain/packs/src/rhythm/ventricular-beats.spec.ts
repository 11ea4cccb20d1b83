import { describe, expect, it } from '@jest/globals';
import type { WireSample } from '#libs/contracts';
import { viewOf } from '#libs/domain/twin';
import { MINUTE, SECOND, T0, Ward } from '#libs/testing/ward';
import { DEFAULT_CATALOGUE } from '../packs.js';

const ECG = 12;
const RATE = 125;

/** Seconds after the R wave to mV: a usual beat with P and T, and a wide one with an opposite T. */
const USUAL = [
  [-0.16, 0.12, 0.02],
  [0, 1, 0.011],
  [0.03, -0.2, 0.01],
  [0.28, 0.25, 0.045],
] as const;
const WIDE = [
  [0, 1.4, 0.045],
  [0.25, -0.5, 0.06],
] as const;

/** A beat each 0.8 s, every eighth early and wide, in chunks of a second. */
function ecg(seconds: number): WireSample[] {
  const valueAt = (at: number): number => {
    let sum = 0;
    for (let beat = Math.max(1, Math.floor(at / 0.8)); beat <= Math.floor(at / 0.8) + 2; beat++) {
      const isWide = beat % 8 === 0;
      for (const [shift, height, width] of isWide ? WIDE : USUAL)
        sum += height * Math.exp(-((at - (0.8 * beat - (isWide ? 0.28 : 0)) - shift) ** 2) / (2 * width ** 2));
    }
    return Math.round(1000 * sum) / 1000;
  };
  return Array.from({ length: seconds }, (_, second) => ({
    c: ECG,
    t: T0 + second * SECOND,
    s: Array.from({ length: RATE }, (__, i) => valueAt(second + i / RATE)),
    p: 1000 / RATE,
    h: 'II',
  }));
}

describe('ventricular beats in the twin', () => {
  it('are a share of the newest five minutes, of the time of the newest classed beat', () => {
    const ward = new Ward();
    for (const chunk of ecg(120)) ward.send([chunk]);
    const found = viewOf(DEFAULT_CATALOGUE, ward.state, T0 + 2 * MINUTE).derived['ventricular-beats']!;
    expect(found).toMatchObject({ unit: '%', of: ['ecg'], parts: { longestRun: 1 } });
    if (!('value' in found)) throw new Error('refused');
    expect(Math.abs(found.value - 12.5)).toBeLessThan(1.5);
    expect(found.parts!['beats']).toBeGreaterThan(135);
    expect(Math.abs(found.parts!['perMinute']! - 60 / 6.4)).toBeLessThan(1);
    expect(found.parts).not.toHaveProperty('newest');
    const second = (Date.parse(found.effectiveAt) - T0) / SECOND;
    expect(second).toBeGreaterThan(115);
    expect(second).toBeLessThan(117.1);
  });

  it('are refused with few beats, and not there without ECG', () => {
    const ward = new Ward();
    ward.send([{ c: 1, t: T0, x: 70 }]);
    expect(viewOf(DEFAULT_CATALOGUE, ward.state, T0).derived).not.toHaveProperty('ventricular-beats');
    for (const chunk of ecg(30)) ward.send([chunk]);
    const found = viewOf(DEFAULT_CATALOGUE, ward.state, T0 + MINUTE).derived['ventricular-beats'];
    expect(found).toMatchObject({ refused: 'too-few-beats', effectiveAt: new Date(T0 + 29 * SECOND).toISOString() });
    expect(found).not.toHaveProperty('value');
  });

  it('are the same from a state that was written and read', () => {
    const plain = new Ward();
    const stored = new Ward('p1', (state) => JSON.parse(JSON.stringify(state)) as typeof state);
    for (const chunk of ecg(70)) for (const ward of [plain, stored]) ward.send([chunk]);
    const [one, other] = [plain, stored].map(
      (ward) => viewOf(DEFAULT_CATALOGUE, ward.state, T0).derived['ventricular-beats'],
    );
    expect(one).toHaveProperty('value');
    expect(other).toEqual(one);
  });
});
