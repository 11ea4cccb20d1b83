/** What the last seconds of one channel say, worked out once a second. Plain JSON; seconds and rates per minute. */
import { classifyBeats } from '../../beats/beat-class.js';
import { bandPass } from '../../signal/biquad.js';
import { regularity } from '../../fibrillation/interval-features.js';
import { withoutHum } from '../../signal/mains-hum.js';
import { findPulses } from '../../beats/pulse-detector.js';
import { findBeats, type Beat } from '../../beats/qrs-detector.js';
import { decode, type Block } from './stream-block.js';
import { ECG_RATE, PULSE_RATE } from './stream-channel.js';
import { waveform, type Waveform } from './stream-fibrillation.js';

/** What is usual on this lead, learnt slowly while beats are plain: height of beats (mV/s), size of the wave (mV). */
export interface Usual {
  readonly height: number;
  readonly size: number;
}

export interface EcgEvidence {
  /** Seconds of usable signal up to now. */
  readonly usable: number;
  /** Seconds since the last beat, at most `usable`. */
  readonly gap: number;
  /** The signal since then is flat relative to the usual wave. */
  readonly quiet: boolean;
  /** One value throughout for three whole seconds: a silent heart or a lead that is off. */
  readonly flat: boolean;
  /** No beat was ever seen, but steady ones are there a thousand times too small: volts sent as millivolts. */
  readonly tiny: boolean;
  /** Rate over the last five and seventeen beats; 0 when there are fewer. */
  readonly five: number;
  readonly seventeen: number;
  /** Coefficient of variation of the last eight intervals; 9 when there are fewer than four. */
  readonly variation: number;
  /** The last four seconds as a wave. */
  readonly wave: Waveform;
  /** The newest ventricular run: beats, rate, and seconds since its last beat. */
  readonly run: { readonly beats: number; readonly rate: number; readonly ago: number } | null;
}

export interface PulseEvidence {
  readonly usable: number;
  /** Longest time without a pulse in the last eight seconds. */
  readonly longest: number;
  readonly variation: number;
  /** Lowest rate over five pulses and highest over seventeen and five, of the last ten seconds. */
  readonly slowest: number;
  readonly fastest: number;
  readonly burst: number;
  /** Swing of the last three seconds over the median of three-second stretches. */
  readonly swing: number;
}

/** The signal that the evidence rests on, at ECG_RATE without NaN, and its beats. */
export interface LeadSignal {
  readonly samples: Float64Array;
  readonly beats: readonly Beat[];
}

const WAVE_S = 4;
/** Whole seconds that lie in four seconds of silence. */
const FLAT_S = 3;
const MIN_S = 5;
const NEWEST_S = 4;
/** A wave under this share of the lead's usual beat is noise or a P wave, not a beat. */
const SMALL = 0.15;
const LEARN = 0.1;
/** Without plain beats what is usual comes down by half in 35 s, so that a new gain of the amplifier is learnt. */
const FORGET = 0.98;
const MILLI = 1000;
/** The newest beats that are too small count when they are alike: largest ratio in interval and height, s between two, s since the last. */
const TINY = { beats: 6, spread: 1.4, least: 0.3, silent: 2.5 } as const;
const QUIET = 0.35;
const QUIET_MV = 0.05;

export function ecgEvidence(
  blocks: readonly Block[],
  usual: Usual | null,
): { readonly usual: Usual | null } & (
  | { readonly evidence: EcgEvidence; readonly signal: LeadSignal }
  | { readonly evidence: null; readonly signal: null }
) {
  const usable = usableSeconds(blocks);
  if (usable < MIN_S) return { evidence: null, usual, signal: null };
  const samples = withoutHum(held(decode(blocks.slice(-usable), 2, ECG_RATE)), ECG_RATE);
  const all = findBeats(samples, ECG_RATE);
  const least = SMALL * (usual?.height ?? 0);
  const beats = all.filter(({ height }) => height >= least);
  const times = beats.map(({ at }) => at / ECG_RATE);
  const filter = bandPass(ECG_RATE, 1, 20);
  const wave = waveform(samples.map(filter).subarray(-WAVE_S * ECG_RATE), ECG_RATE);
  const gap = usable - (times.at(-1) ?? 0);
  const five = rateOf(times, 5);
  const evidence: EcgEvidence = {
    usable,
    gap,
    quiet: wave.size < Math.max(QUIET_MV, QUIET * (usual?.size ?? 0)),
    flat: blocks.slice(-FLAT_S).every(([quality]) => quality === 'f'),
    tiny: usual === null && all.length === 0 && hasTinyBeats(samples),
    five,
    seventeen: rateOf(times, 17),
    variation: variationOf(times.slice(-9)),
    wave,
    run: ventricularRun(samples, beats, usable),
  };
  return { evidence, usual: learnt(usual, beats, evidence), signal: { samples, beats } };
}

/** Noise of a silent heart, a thousand times larger, has no steps in time and size. */
function hasTinyBeats(samples: Float64Array): boolean {
  const beats = findBeats(
    samples.map((x) => x * MILLI),
    ECG_RATE,
  ).slice(-TINY.beats);
  const intervals = beats.slice(1).map(({ at }, i) => (at - beats[i]!.at) / ECG_RATE);
  if (intervals.length < 2) return false;
  const silent = (samples.length - beats.at(-1)!.at) / ECG_RATE;
  const heights = beats.map(({ height }) => height);
  const isLike = (all: readonly number[]): boolean => Math.max(...all) < TINY.spread * Math.min(...all);
  return isLike(intervals) && isLike(heights) && Math.min(...intervals) > TINY.least && silent < TINY.silent;
}

function learnt(usual: Usual | null, beats: readonly Beat[], { gap, five, wave }: EcgEvidence): Usual | null {
  if (gap < 2 && five > 0 && beats.length >= 5) {
    const height = beats.map((beat) => beat.height).toSorted((a, b) => a - b)[beats.length >> 1]!;
    if (usual === null) return { height, size: wave.size };
    return {
      height: usual.height + LEARN * (height - usual.height),
      size: usual.size + LEARN * (wave.size - usual.size),
    };
  }
  return usual === null ? null : { height: FORGET * usual.height, size: FORGET * usual.size };
}

function ventricularRun(samples: Float64Array, beats: readonly Beat[], usable: number): EcgEvidence['run'] {
  if (!isFast(beats, usable)) return null;
  const classed = classifyBeats(samples, ECG_RATE, beats);
  let end = classed.length - 1;
  // The newest beat has no successor yet and may be judged wrongly.
  if (end > 0 && classed[end]!.class !== 'V') end--;
  if (end < 0 || classed[end]!.class !== 'V') return null;
  let start = end;
  while (start > 0 && classed[start - 1]!.class === 'V') start--;
  const count = end - start + 1;
  if (count < 3) return null;
  const seconds = (classed[end]!.at - classed[start]!.at) / ECG_RATE;
  return { beats: count, rate: (60 * (count - 1)) / seconds, ago: usable - classed[end]!.at / ECG_RATE };
}

/** Whether five of the newest beats come at 100/min: only then is there a run to look for, and beats to be classed. */
function isFast(beats: readonly Beat[], usable: number): boolean {
  const from = (usable - NEWEST_S) * ECG_RATE;
  return beats.some(({ at }, i) => i >= 4 && at >= from && at - beats[i - 4]!.at < 2.4 * ECG_RATE);
}

export function pulseEvidence(
  blocks: readonly Block[],
): { readonly evidence: PulseEvidence; readonly samples: Float64Array } | null {
  const usable = usableSeconds(blocks);
  if (usable < MIN_S || blocks.slice(-3).some(([quality]) => quality === 'f')) return null;
  const samples = held(decode(blocks.slice(-usable), 1, PULSE_RATE));
  const { longest, variation, slowest, fastest, burst } = regularity(
    findPulses(samples, PULSE_RATE),
    Math.max(0, usable - 6),
    usable,
  );
  const swings: number[] = [];
  const stretch = 3 * PULSE_RATE;
  for (let end = samples.length; end >= stretch; end -= stretch)
    swings.push(swingOf(samples.subarray(end - stretch, end)));
  const middle = swings.toSorted((a, b) => a - b)[swings.length >> 1] ?? 0;
  const swing = middle > 0 ? swings[0]! / middle : 0;
  return { evidence: { usable, longest, variation, slowest, fastest, burst, swing }, samples };
}

/** Seconds at the end that can be used without a break. */
function usableSeconds(blocks: readonly Block[]): number {
  let seconds = 0;
  while (seconds < blocks.length && /[gf]/.test(blocks[blocks.length - 1 - seconds]![0])) seconds++;
  return seconds;
}

function held(samples: Float64Array): Float64Array {
  let last = samples.find((each) => !Number.isNaN(each)) ?? 0;
  return samples.map((each) => (last = Number.isNaN(each) ? last : each));
}

function rateOf(times: readonly number[], beats: number): number {
  if (times.length < beats) return 0;
  return (60 * (beats - 1)) / (times.at(-1)! - times.at(-beats)!);
}

function variationOf(times: readonly number[]): number {
  const intervals = times.slice(1).map((at, i) => at - times[i]!);
  if (intervals.length < 4) return 9;
  const mean = intervals.reduce((sum, each) => sum + each, 0) / intervals.length;
  return Math.sqrt(intervals.reduce((sum, each) => sum + (each - mean) ** 2, 0) / intervals.length) / mean;
}

function swingOf(samples: Float64Array): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const sample of samples) {
    if (sample < low) low = sample;
    if (sample > high) high = sample;
  }
  return high - low;
}
