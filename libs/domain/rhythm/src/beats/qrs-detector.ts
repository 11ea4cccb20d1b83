/**
 * QRS detection on one ECG channel: band-pass, slope, moving window, adaptive limits, T-wave check and search-back, in the
 * manner of Pan and Tompkins (1985) and Hamilton and Tompkins (1986). Streaming and O(1) in memory; any rate of 100 to 1000 Hz.
 */
import { bandPass, type Filter } from '../signal/biquad.js';
import { withoutHum } from '../signal/mains-hum.js';

/** A found beat. `at` is the sample of its steepest-energy point; matches reference marks within 150 ms. */
export interface Beat {
  readonly at: number;
  /** Height of the slope window, mV/s: how clear the beat stands out. */
  readonly height: number;
}

interface Peak {
  readonly index: number;
  readonly height: number;
  readonly steepest: number;
  readonly at: number;
}

const LEARN_S = 3;
const REFRACTORY_S = 0.2;
const T_WAVE_S = 0.36;
const WINDOW_S = 0.1;
/** Share of the way from noise to beat level at which a peak is a beat. */
const LIMIT = 0.3;
const SEARCH_BACK = 0.4;
/** Below this slope (mV/s) nothing is a beat: amplifier noise on a silent line. */
const FLOOR = 0.4;
const RESET_S = 6;

class QrsDetector {
  private readonly filter: Filter;
  private readonly window: Float64Array;
  private readonly band: Float64Array;
  private readonly slopes: Float64Array;
  private sum = 0;
  private index = -1;
  private previous = 0;
  private held = 0;
  /** The largest value of the window since the last trough, not yet sure to be a peak. */
  private candidate: Peak | undefined;
  private early: Peak[] | undefined = [];
  private readonly beatLevels: number[] = [];
  private readonly noiseLevels: number[] = [];
  private readonly intervals: number[] = [];
  private last: Peak | undefined;
  private missed: Peak[] = [];

  constructor(private readonly fs: number) {
    if (!isUsableRate(fs)) throw new RangeError('a sampling rate of 100 to 1000 Hz is needed');
    this.filter = bandPass(fs, 7, 22);
    this.window = new Float64Array(Math.max(1, Math.round(WINDOW_S * fs)));
    this.band = new Float64Array(Math.ceil(0.4 * fs));
    this.slopes = new Float64Array(this.band.length);
  }

  /** One sample in mV. NaN and infinity hold the last value. */
  push(sample: number): readonly Beat[] {
    this.index++;
    if (Number.isFinite(sample)) this.held = sample;
    const value = this.filter(this.held);
    const slope = this.index < this.fs * 0.3 ? 0 : Math.abs(value - this.previous) * this.fs;
    this.previous = value;
    const ring = this.index % this.band.length;
    this.band[ring] = value;
    this.slopes[ring] = slope;
    const slot = this.index % this.window.length;
    this.sum += slope - this.window[slot]!;
    this.window[slot] = slope;
    if (slot === 0) this.sum = this.window.reduce((total, each) => total + each, 0);
    return this.follow(this.sum / this.window.length);
  }

  finish(): readonly Beat[] {
    const out = this.close();
    if (this.early) out.push(...this.learn());
    return out;
  }

  private follow(height: number): Beat[] {
    const { candidate } = this;
    if (!candidate || height > candidate.height) {
      if (height > FLOOR) this.candidate = this.peak(height);
      return [];
    }
    if (this.index - candidate.index < REFRACTORY_S * this.fs) return [];
    return this.close();
  }

  private close(): Beat[] {
    const peak = this.candidate;
    this.candidate = undefined;
    const out: Beat[] = [];
    if (peak && this.early) this.early.push(peak);
    else if (peak) out.push(...this.judge(peak));
    if (this.early && this.index >= LEARN_S * this.fs) out.push(...this.learn());
    return out;
  }

  private learn(): Beat[] {
    const peaks = this.early ?? [];
    this.early = undefined;
    const level = initialLevel(peaks, this.fs);
    this.beatLevels.push(level);
    this.noiseLevels.push(0);
    return peaks.flatMap((peak) => this.judge(peak));
  }

  private judge(peak: Peak): Beat[] {
    const out: Beat[] = [];
    const { last, fs } = this;
    const limit = this.limit(LIMIT);
    const since = last ? peak.at - last.at : Number.POSITIVE_INFINITY;
    const usual = this.intervals.length > 0 ? median(this.intervals) : fs;
    const back = this.missed.length > 0 && since > 1.5 * usual ? this.searchBack(peak) : undefined;
    if (back) {
      out.push(this.accept(back));
      this.missed = this.missed.filter((each) => each.at > back.at + REFRACTORY_S * fs);
      return [...out, ...this.judge(peak)];
    }
    if (since < REFRACTORY_S * fs) return out;
    const isTWave = last !== undefined && since < T_WAVE_S * fs && peak.steepest < last.steepest * 0.5;
    if (peak.height > limit && !isTWave) {
      out.push(this.accept(peak));
      this.missed = [];
      return out;
    }
    this.noiseLevels.push(Math.min(peak.height, this.level()));
    if (this.noiseLevels.length > 8) this.noiseLevels.shift();
    if (!isTWave) {
      this.missed.push(peak);
      if (this.missed.length > 12) this.missed.shift();
    }
    if (last && since > RESET_S * fs && this.missed.length > 3) this.relearn();
    return out;
  }

  private searchBack(next: Peak): Peak | undefined {
    const limit = this.limit(LIMIT) * SEARCH_BACK;
    const from = (this.last?.at ?? 0) + T_WAVE_S * this.fs;
    const eligible = this.missed.filter(
      (each) => each.height > limit && each.at > from && next.at - each.at > REFRACTORY_S * this.fs,
    );
    return eligible.reduce<Peak | undefined>(
      (best, each) => (!best || each.height > best.height ? each : best),
      undefined,
    );
  }

  private accept(peak: Peak): Beat {
    if (this.last) {
      this.intervals.push(peak.at - this.last.at);
      if (this.intervals.length > 8) this.intervals.shift();
    }
    this.beatLevels.push(peak.height);
    if (this.beatLevels.length > 8) this.beatLevels.shift();
    this.last = peak;
    return { at: peak.at, height: peak.height };
  }

  /** After a long time without a beat the level comes down to what there is. */
  private relearn(): void {
    const level = median(this.missed.map(({ height }) => height));
    this.beatLevels.splice(0, this.beatLevels.length, level * 1.2);
    this.noiseLevels.splice(0, this.noiseLevels.length, level * 0.3);
  }

  private level(): number {
    return median(this.beatLevels);
  }

  private limit(share: number): number {
    const noise = median(this.noiseLevels);
    return Math.max(FLOOR, noise + share * Math.max(0, this.level() - noise));
  }

  private peak(height: number): Peak {
    let steepest = 0;
    let at = this.index;
    let largest = -1;
    const reach = Math.min(this.index, Math.round((WINDOW_S + 0.05) * this.fs));
    for (let back = 0; back <= reach; back++) {
      const ring = (this.index - back) % this.band.length;
      const size = Math.abs(this.band[ring]!);
      if (size > largest) {
        largest = size;
        at = this.index - back;
      }
      steepest = Math.max(steepest, this.slopes[ring]!);
    }
    return { index: this.index, height, steepest, at: Math.max(0, at - Math.round(0.02 * this.fs)) };
  }
}

/** Slower, the QRS is lost; faster was never tried. */
export function isUsableRate(fs: number): boolean {
  return fs >= 100 && fs <= 1000;
}

function initialLevel(peaks: readonly Peak[], fs: number): number {
  const bySecond = new Map<number, number>();
  for (const { index, height } of peaks) {
    const second = Math.floor(index / fs);
    bySecond.set(second, Math.max(bySecond.get(second) ?? 0, height));
  }
  return bySecond.size > 0 ? median([...bySecond.values()]) : 0;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.length > 0 ? sorted[sorted.length >> 1]! : 0;
}

/** All beats of a whole recording, mV at `fs` Hz, mains interference filtered out. A rate outside 100 to 1000 Hz, and a flat, saturated or missing signal, give none. */
export function findBeats(samples: Float64Array, fs: number): readonly Beat[] {
  if (!isUsableRate(fs)) return [];
  const detector = new QrsDetector(fs);
  const beats: Beat[] = [];
  for (const sample of withoutHum(samples, fs)) beats.push(...detector.push(sample));
  beats.push(...detector.finish());
  return beats;
}
