import type { BeatFeatures } from './morphology.js';

/** Beats that tell what is usual for the patient now, and how many at least (the first ones look ahead to reach it). */
const LONG = 60;
const SHORT = 20;
const LEAST = 10;
const FARTHEST = 15;

/**
 * Each beat as numbers for the trees: its own features, how unsteady the last 20 beats were, and how many robust spreads (median
 * absolute deviation) each feature lies from the median of the last 60. The same ratio means more in a steady rhythm.
 */
export function inContext(beats: readonly BeatFeatures[]): readonly (readonly number[])[] {
  const logs = beats.map((beat) => [
    beat.likeness,
    bounded(beat.area),
    bounded(beat.slope),
    bounded(beat.width),
    beat.share,
    beat.before,
  ]);
  return beats.map((beat, i) => {
    const recent = beats.slice(Math.max(0, i - SHORT), Math.max(i, 1));
    const usual = logs.slice(Math.max(0, i - LONG), Math.max(i, LEAST));
    const distances = logs[i]!.map((value, k) =>
      distance(
        value,
        usual.map((row) => row[k]!),
      ),
    );
    const sizes = distances.map(Math.abs);
    const { before, after, likeness, share, area, slope, width, seconds } = beat;
    return [
      before,
      after,
      likeness,
      share,
      area,
      slope,
      width,
      seconds,
      mean(recent.map((each) => each.likeness)),
      mean(recent.map((each) => Math.abs(each.before - 1))),
      mean(recent.map((each) => Math.abs(bounded(each.area)))),
      after - before,
      ...distances,
      ...sizes.slice(1, 4),
      sizes[0]! + sizes[1]! + sizes[2]! + sizes[3]!,
    ];
  });
}

function bounded(ratio: number): number {
  return Math.log(Math.min(10, Math.max(0.1, ratio)));
}

function distance(value: number, usual: readonly number[]): number {
  const middle = median(usual);
  const spread = 1.48 * median(usual.map((each) => Math.abs(each - middle))) + 0.03;
  return Math.min(FARTHEST, Math.max(-FARTHEST, (value - middle) / spread));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function mean(values: readonly number[]): number {
  return values.length > 0 ? values.reduce((sum, each) => sum + each, 0) / values.length : 0;
}
