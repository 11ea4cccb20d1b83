import { movingMean, quantile } from './smoothing.js';
import { peaks } from './peaks.js';

/**
 * Upstrokes of a pulse wave: tops of the slope sum function, the sum of the rises over 128 ms (W. Zong et al., Computers in
 * Cardiology 2003;30:259-262). Sample numbers, rising. Neither level nor calibration matters.
 */
export function upstrokes(x: Float64Array, fs: number): readonly number[] {
  const smooth = movingMean(x, 0.05 * fs);
  const rises = smooth.map((value, i) => Math.max(0, value - smooth[Math.max(0, i - 1)]!));
  return peaks(movingMean(rises, 0.128 * fs), fs, 0.4, 0.27);
}

/** A pulse between two upstrokes. */
export interface Pulse {
  readonly top: number;
  readonly foot: number;
  /** To the next upstroke, s. */
  readonly seconds: number;
  /** The steepest rise per second of {@link Pulse.top} - {@link Pulse.foot}. */
  readonly steepness: number;
}

export function pulsesOf(x: Float64Array, fs: number, starts: readonly number[]): readonly Pulse[] {
  const before = Math.round(0.25 * fs);
  const lag = Math.max(1, Math.round(0.02 * fs));
  return starts.slice(1).map((next, i) => {
    const start = starts[i]!;
    let top = x[start]!;
    let foot = top;
    for (let k = start; k < next; k++) if (x[k]! > top) top = x[k]!;
    for (let k = Math.max(0, start - before); k <= start; k++) if (x[k]! < foot) foot = x[k]!;
    let rise = 0;
    for (let k = Math.max(lag, start - before); k < Math.min(next, start + before); k++)
      rise = Math.max(rise, x[k]! - x[k - lag]!);
    const steepness = top > foot ? (rise * fs) / lag / (top - foot) : 0;
    return { top, foot, seconds: (next - start) / fs, steepness };
  });
}

/** A pulse rises faster than it falls, so its steepest slopes go up; turned over, they go down. */
export function isUpsideDown(x: Float64Array, fs: number): boolean {
  const lag = Math.max(1, Math.round(0.05 * fs));
  const smooth = movingMean(x, 0.05 * fs);
  const slopes = smooth.slice(lag).map((value, i) => value - smooth[i]!);
  return -quantile(slopes, 0.03) > 1.3 * quantile(slopes, 0.97);
}
