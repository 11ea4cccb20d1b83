import { quantile } from './smoothing.js';

/** Tops of a non-negative wave above `share` of its usual top per second and a half, at least `apartS` apart; sample numbers, rising. */
export function peaks(height: Float64Array, fs: number, share: number, apartS: number): readonly number[] {
  const block = Math.max(1, Math.round(1.5 * fs));
  const tops: number[] = [];
  for (let start = 0; start + block <= height.length; start += block) {
    let top = 0;
    for (let i = start; i < start + block; i++) if (height[i]! > top) top = height[i]!;
    tops.push(top);
  }
  const limit = share * quantile(tops, 0.5);
  const apart = apartS * fs;
  const found: number[] = [];
  for (let i = 0; i < height.length; i++) {
    if (!(height[i]! > limit)) continue;
    const last = found.length - 1;
    if (last < 0 || i - found[last]! >= apart) found.push(i);
    else if (height[i]! > height[found[last]!]!) found[last] = i;
  }
  return found;
}

/** Share of two lists of beats that stand in both, within `within` samples: |A and B| / |A or B|; 0 when both are empty. */
export function agreement(a: readonly number[], b: readonly number[], within: number): number {
  let both = 0;
  let j = 0;
  for (const at of a) {
    while (j < b.length && b[j]! < at - within) j++;
    if (j < b.length && b[j]! <= at + within) {
      both++;
      j++;
    }
  }
  const either = a.length + b.length - both;
  return either > 0 ? both / either : 0;
}

/** Intervals between successive beats, s. */
export function intervals(beats: readonly number[], fs: number): readonly number[] {
  return beats.slice(1).map((at, i) => (at - beats[i]!) / fs);
}
