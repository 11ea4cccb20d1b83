/** A repeatable stream of numbers in 0..1 (Park and Miller 1988). */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** Parts of a beat: seconds after it, height mV, width s. */
export type Form = ReadonlyArray<readonly [number, number, number]>;

const WIDE: Form = [
  [0, 1.8, 0.045],
  [0.25, -0.5, 0.06],
];

/** Sinus beats as sums of Gaussians; a wide beat has no P wave and twice the width. */
export function ecg(
  beats: readonly number[],
  seconds: number,
  fs: number,
  wide: ReadonlySet<number> = new Set(),
  form = WIDE,
): Float64Array {
  const out = new Float64Array(Math.round(seconds * fs));
  beats.forEach((at, i) => {
    const parts: Form = wide.has(i)
      ? form
      : [
          [-0.16, 0.12, 0.02],
          [0, 1, 0.011],
          [0.03, -0.2, 0.01],
          [0.28, 0.25, 0.045],
        ];
    for (let k = Math.max(0, Math.round((at - 0.4) * fs)); k < Math.min(out.length, (at + 0.6) * fs); k++)
      for (const [shift, height, width] of parts)
        out[k]! += height * Math.exp(-((k / fs - at - shift) ** 2) / (2 * width ** 2));
  });
  return out;
}

export function steady(count: number, interval: number, start = 0.5): number[] {
  return Array.from({ length: count }, (_, i) => start + i * interval);
}
