import { refused, type WaveQuality, type WaveReason } from './wave-quality.js';

/** What makes a window of this kind of wave fit to be looked at. */
export interface WindowLimits {
  /** Samples per second for which the measures below were made. */
  readonly rates: readonly [number, number];
  readonly shortestS: number;
  /** A stretch of a second within this range (in the wave's unit, or as a share of the window's range) is a flat line. */
  readonly flatWithin: number;
  readonly flatIsShare: boolean;
  /** How long the wave must stay at its very top or bottom to be cut off there, s. */
  readonly railS: number;
}

/** A window with its holes filled, and what there was to say of it without knowing what it shows. */
export interface Window {
  /** Missing samples hold the last value. */
  readonly x: Float64Array;
  readonly fs: number;
  /** Shares of the window, 0 to 1. */
  readonly missing: number;
  readonly flat: number;
  readonly rails: number;
  readonly reasons: Set<WaveReason>;
}

/** Beyond this a number is no sample; keeps sums of squares finite. */
const LARGEST = 1e15;
const FLAT_S = 1;
/** Holes, flat lines and rails shorter than these shares are part of everyday recording. */
const REPORTED_SHARE = 0.02;

/** A refusal when there is nothing to look at; never throws. */
export function openWindow(samples: ArrayLike<number>, fs: number, limits: WindowLimits): Window | WaveQuality {
  if (!(fs >= limits.rates[0] && fs <= limits.rates[1])) return refused('sampling-rate');
  const length = samples.length;
  if (!(length >= limits.shortestS * fs)) return refused('too-short');
  const x = new Float64Array(length);
  let missing = 0;
  let held = firstSample(samples);
  if (Number.isNaN(held)) return refused('missing');
  let low = held;
  let high = held;
  for (let i = 0; i < length; i++) {
    const sample = samples[i]!;
    if (isSample(sample)) held = sample;
    else missing++;
    if (held < low) low = held;
    if (held > high) high = held;
    x[i] = held;
  }
  const reasons = new Set<WaveReason>();
  const missingShare = missing / length;
  if (missingShare > REPORTED_SHARE) reasons.add('missing');
  const within = limits.flatIsShare ? limits.flatWithin * (high - low) : limits.flatWithin;
  const flat = flatShare(x, FLAT_S * fs, within);
  // Holes hold a value, so they look flat as well: report them once.
  if (flat > Math.max(REPORTED_SHARE, missingShare)) reasons.add('flat');
  const rails = high - low <= within ? 0 : railShare(x, low, high, Math.max(3, limits.railS * fs));
  if (rails > REPORTED_SHARE) reasons.add('saturated');
  return { x, fs, missing: missingShare, flat, rails, reasons };
}

/** What is left of an index after holes, flat stretches and rails: holes look flat, so the larger of the two counts. */
export function whole({ missing, flat, rails }: Window): number {
  return Math.max(0, 1 - Math.max(missing, flat)) * Math.max(0, 1 - 2 * rails);
}

function isSample(sample: number): boolean {
  return Math.abs(sample) <= LARGEST;
}

function firstSample(samples: ArrayLike<number>): number {
  for (let i = 0; i < samples.length; i++) if (isSample(samples[i]!)) return samples[i]!;
  return Number.NaN;
}

/** Share of samples in stretches of at least `shortest` samples whose values lie within `within` of each other. */
function flatShare(x: Float64Array, shortest: number, within: number): number {
  let total = 0;
  let start = 0;
  let low = x[0]!;
  let high = low;
  for (let i = 1; i <= x.length; i++) {
    const value = i < x.length ? x[i]! : Number.NaN;
    const nextLow = Math.min(low, value);
    const nextHigh = Math.max(high, value);
    if (nextHigh - nextLow <= within) {
      low = nextLow;
      high = nextHigh;
      continue;
    }
    if (i - start >= shortest) total += i - start;
    start = i;
    low = value;
    high = value;
  }
  return total / x.length;
}

function railShare(x: Float64Array, low: number, high: number, shortest: number): number {
  let total = 0;
  let run = 0;
  for (let i = 0; i <= x.length; i++) {
    const value = x[i];
    if (value !== undefined && (value === low || value === high) && (run === 0 || value === x[i - 1])) run++;
    else {
      if (run >= shortest) total += run;
      run = value === low || value === high ? 1 : 0;
    }
  }
  return total / x.length;
}
