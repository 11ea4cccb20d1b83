import { describe, expect, it } from '@jest/globals';
import { classifyBeats, findBeats } from '../index.js';

interface Drawn {
  readonly at: number;
  readonly wide: boolean;
}

/** Sums of Gaussians (shift s, height mV, width s): a usual beat with P and T; a wide one without P and with an opposite T. */
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

function draw(beats: readonly Drawn[], seconds: number, fs: number): Float64Array {
  const out = new Float64Array(Math.round(seconds * fs));
  for (const { at, wide } of beats)
    for (let k = Math.max(0, Math.round((at - 0.4) * fs)); k < Math.min(out.length, (at + 0.6) * fs); k++)
      for (const [shift, height, width] of wide ? WIDE : USUAL)
        out[k]! += height * Math.exp(-((k / fs - at - shift) ** 2) / (2 * width ** 2));
  return out;
}

/** Every eighth beat comes early, with a pause after it. */
function withEarly(seconds: number, wide: boolean): Drawn[] {
  const beats: Drawn[] = [];
  for (let at = 0.5; at < seconds - 2;) {
    for (let i = 0; i < 7; i++, at += 0.8) beats.push({ at, wide: false });
    beats.push({ at: at - 0.28, wide });
    at += 0.8;
  }
  return beats;
}

function called(samples: Float64Array, fs: number): Array<{ readonly at: number; readonly class: string }> {
  return classifyBeats(samples, fs, findBeats(samples, fs))
    .map((beat) => ({ at: beat.at / fs, class: beat.class }))
    .filter(({ at }) => at > 3);
}

describe('classes of beats', () => {
  const seconds = 90;

  it.each([128, 250, 360])('calls early wide beats V and the usual ones not, at %i Hz, either way up', (fs) => {
    const beats = withEarly(seconds, true);
    for (const sign of [1, -1]) {
      const found = called(
        draw(beats, seconds, fs).map((value) => sign * value),
        fs,
      );
      const isWide = (at: number): boolean => beats.some((beat) => beat.wide && Math.abs(beat.at - at) < 0.1);
      const ventricular = found.filter((beat) => beat.class === 'V');
      expect(ventricular.filter(({ at }) => !isWide(at))).toEqual([]);
      expect(ventricular.length).toBeGreaterThanOrEqual(found.filter(({ at }) => isWide(at)).length - 1);
      expect(ventricular.length).toBeGreaterThan(8);
    }
  });

  it('does not call early beats of the usual form V', () => {
    const found = called(draw(withEarly(seconds, false), seconds, 250), 250);
    expect(found.length).toBeGreaterThan(90);
    expect(found.filter((beat) => beat.class === 'V')).toEqual([]);
  });

  it('keeps its calls beside a stretch of missing samples', () => {
    const samples = draw(withEarly(seconds, true), seconds, 250);
    const before = called(samples, 250).filter(({ at }) => at < 38 || at > 52);
    samples.fill(Number.NaN, 40 * 250, 50 * 250);
    const after = called(samples, 250).filter(({ at }) => at < 38 || at > 52);
    expect(after.map((beat) => beat.class)).toEqual(before.map((beat) => beat.class));
  });

  it('answers for every beat of flat, missing, short and empty signals, and for none at an unusable rate', () => {
    const beats = [0, 100, 400, 5000].map((at) => ({ at, height: 1 }));
    for (const samples of [new Float64Array(1000), new Float64Array(1000).fill(Number.NaN), new Float64Array(0)]) {
      expect(classifyBeats(samples, 250, beats).map(({ at }) => at)).toEqual([0, 100, 400, 5000]);
      expect(classifyBeats(samples, 250, [])).toEqual([]);
      for (const fs of [0, 20, 5000, Number.NaN]) expect(classifyBeats(samples, fs, beats)).toEqual([]);
    }
  });
});
