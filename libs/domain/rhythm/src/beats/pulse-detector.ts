/** Pulses of a PPG or arterial pressure wave: upstrokes of the 0.8-8 Hz wave above an adaptive limit; level and quality apart. */
import { bandPass } from '../signal/biquad.js';

/** Upstroke times in seconds. Works on relative height, so neither calibration nor offset matter; a flat line gives none. */
export function findPulses(samples: Float64Array, fs: number): readonly number[] {
  const filter = bandPass(fs, 0.8, 8);
  const rise: number[] = [];
  const window = Math.round(0.12 * fs);
  const ring = new Float64Array(window);
  let held = 0;
  for (let i = 0; i < samples.length; i++) {
    if (Number.isFinite(samples[i]!)) held = samples[i]!;
    const value = filter(held);
    rise.push(i < window ? 0 : value - ring[i % window]!);
    ring[i % window] = value;
  }
  return pick(rise, fs);
}

function pick(rise: readonly number[], fs: number): readonly number[] {
  const times: number[] = [];
  const heights: number[] = [];
  const refractory = Math.round(0.27 * fs);
  let best = -1;
  for (let i = Math.round(fs); i < rise.length; i++) {
    if (rise[i]! > 0 && (best < 0 || rise[i]! > rise[best]!)) best = i;
    if (best < 0 || i - best < refractory) continue;
    const height = rise[best]!;
    const level = heights.length > 0 ? heights.toSorted((a, b) => a - b)[heights.length >> 1]! : height;
    if (height > 0.35 * level && height > 1e-3) times.push(best / fs);
    heights.push(Math.min(height, 2 * level));
    if (heights.length > 12) heights.shift();
    best = -1;
  }
  return times;
}
