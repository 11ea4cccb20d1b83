/** Rhythm of a short single-lead recording (9-60 s): features of the intervals, the beat's form, the atrial part and the noise. */
import { bandPass } from './biquad.js';
import { modelScore, type Model } from './boosted-trees.js';
import { FIBRILLATION, NOISY, NORMAL, OTHER } from './models/short-ecg.js';
import { beatFeatures } from './morphology.js';
import { findBeats, isUsableRate } from './qrs-detector.js';

const BEFORE_S = 0.25;

export function shortEcgFeatures(samples: Float64Array, fs: number): readonly number[] {
  const beats = findBeats(samples, fs);
  const shapes = beatFeatures(samples, fs, beats);
  const intervals = beats.slice(1).map((beat, i) => (beat.at - beats[i]!.at) / fs);
  const steps = intervals.slice(1).map((each, i) => Math.abs(each - intervals[i]!));
  const mid = quantile(intervals, 0.5) || 1;
  const nearest = intervals
    .slice(3)
    .map((each, i) => Math.min(...[0, 1, 2].map((k) => Math.abs(each - intervals[i + k]!))) / mid);
  return [
    beats.length / (samples.length / fs),
    mid,
    quantile(intervals, 0.1) / mid,
    quantile(intervals, 0.9) / mid,
    deviation(intervals) / mid,
    quantile(steps, 0.5) / mid,
    quantile(steps, 0.25) / mid,
    quantile(steps, 0.8) / mid,
    mean(nearest),
    share(nearest, (each) => each < 0.04),
    share(steps, (each) => each < 0.05 * mid),
    share(shapes, (beat) => beat.likeness >= 0.88),
    mean(shapes.map((beat) => beat.likeness)),
    share(shapes, (beat) => beat.before < 0.85),
    share(shapes, (beat) => beat.width > 1.5),
    quantile(
      shapes.map((beat) => beat.seconds),
      0.5,
    ),
    deviation(beats.map(({ height }) => height)) / (mean(beats.map(({ height }) => height)) || 1),
    turningSum(intervals),
    ...atrial(
      samples,
      fs,
      beats.map(({ at }) => at),
    ),
    ...noise(samples, fs),
  ];
}

/** The averaged beat before the QRS: swing of a P wave over that of the QRS, its place, and how much single beats differ from it. */
function atrial(samples: Float64Array, fs: number, beats: readonly number[]): readonly number[] {
  const filter = bandPass(fs, 0.7, 30);
  const signal = samples.map((sample) => filter(Number.isFinite(sample) ? sample : 0));
  const from = Math.round(BEFORE_S * fs);
  const whole = beats.filter((at) => at > from && at + from < signal.length);
  if (whole.length < 3) return [0, 0, 9, 0];
  const form = Float64Array.from({ length: 2 * from }, (_, i) =>
    quantile(
      whole.map((at) => signal[at - from + i]!),
      0.5,
    ),
  );
  const end = Math.round((BEFORE_S - 0.07) * fs);
  const before = form.subarray(0, end);
  const qrs = swing(form.subarray(end)) || 1;
  const residue = whole.map((at) =>
    mean(Array.from({ length: end }, (_, i) => Math.abs(signal[at - from + i]! - form[i]!))),
  );
  const top = before.indexOf(Math.max(...before)) / end;
  return [swing(before) / qrs, top, quantile(residue, 0.5) / qrs, swing(before) / (quantile(residue, 0.5) || 1)];
}

/** Fast and slow parts beside the QRS band, and the share of time the signal rests. */
function noise(samples: Float64Array, fs: number): readonly number[] {
  const [low, middle, high] = [bandPass(fs, 0.5, 3), bandPass(fs, 5, 25), bandPass(fs, 35, 100)];
  const sums = [0, 0, 0];
  const parts: number[] = [];
  for (const sample of samples) {
    const value = Number.isFinite(sample) ? sample : 0;
    const mid = Math.abs(middle(value));
    sums[0]! += Math.abs(low(value));
    sums[1]! += mid;
    sums[2]! += Math.abs(high(value));
    parts.push(mid);
  }
  const total = sums[1] || 1;
  return [
    sums[0]! / total,
    sums[2]! / total,
    quantile(parts, 0.5) / (quantile(parts, 0.98) || 1),
    swing(samples) / (total / (samples.length || 1) || 1),
  ];
}

function turningSum(intervals: readonly number[]): number {
  const turns = intervals
    .slice(2)
    .filter((each, i) => (intervals[i + 1]! - intervals[i]!) * (each - intervals[i + 1]!) < 0);
  return turns.length / Math.max(1, intervals.length - 2);
}

function swing(values: Float64Array): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high > low ? high - low : 0;
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
}

function mean(values: readonly number[]): number {
  return values.length > 0 ? values.reduce((sum, each) => sum + each, 0) / values.length : 0;
}

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((each) => (each - middle) ** 2)));
}

function share<T>(values: readonly T[], test: (value: T) => boolean): number {
  return values.length > 0 ? values.filter(test).length / values.length : 0;
}

/** The classes of the PhysioNet/CinC Challenge 2017: fibrillation, normal, other rhythm, too noisy. */
export type ShortRhythm = 'A' | 'N' | 'O' | '~';

const MODELS: ReadonlyArray<readonly [ShortRhythm, Model]> = [
  ['A', FIBRILLATION],
  ['N', NORMAL],
  ['O', OTHER],
  ['~', NOISY],
];

/** The likeliest class of a single-lead recording in mV. Flat, empty or wrongly sampled recordings are `~`. */
export function classifyShortEcg(samples: Float64Array, fs: number): ShortRhythm {
  if (!isUsableRate(fs) || samples.length < 4 * fs) return '~';
  const features = shortEcgFeatures(samples, fs);
  if (features[0] === 0) return '~';
  const scored = MODELS.map(([name, model]) => ({ name, score: modelScore(model, features) }));
  return scored.reduce((best, each) => (each.score > best.score ? each : best)).name;
}
