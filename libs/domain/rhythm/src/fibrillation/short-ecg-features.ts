/** Features of a short single-lead ECG for its rhythm. */
import { alignBeats, averagedBeatFeatures, sureRuns } from '../beats/averaged-beat.js';
import { bandPass } from '../signal/biquad.js';
import { irregularity } from './irregularity.js';
import { withoutHum } from '../signal/mains-hum.js';
import { beatFeatures } from '../beats/morphology.js';
import { findBeats } from '../beats/qrs-detector.js';
import { deviation, mean, quantile, share, swing } from '../signal/statistics.js';

/** Intervals of all beats and of those that look alike, form of the beats, the atrial part, and the noise. NaN where there is too little. */
export function shortEcgFeatures(recorded: Float64Array, fs: number): readonly number[] {
  const samples = withoutHum(recorded, fs);
  const beats = findBeats(samples, fs);
  const shapes = beatFeatures(samples, fs, beats);
  const intervals = beats.slice(1).map((beat, i) => (beat.at - beats[i]!.at) / fs);
  const steps = intervals.slice(1).map((each, i) => Math.abs(each - intervals[i]!));
  const mid = quantile(intervals, 0.5) || 1;
  const nearest = intervals
    .slice(3)
    .map((each, i) => Math.min(...[0, 1, 2].map((k) => Math.abs(each - intervals[i + k]!))) / mid);
  const aligned = alignBeats(
    samples,
    fs,
    beats.map(({ at }) => at),
  );
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
    ...averagedBeatFeatures(aligned, fs),
    ...noise(samples, fs),
    ...irregularity(aligned ? sureRuns(aligned, fs) : []),
  ];
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
