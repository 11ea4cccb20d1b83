/** The mean over `width` samples centred on each; at the ends over what there is. O(n). */
export function movingMean(x: Float64Array, width: number): Float64Array {
  const half = Math.max(0, Math.round((width - 1) / 2));
  const sums = new Float64Array(x.length + 1);
  for (let i = 0; i < x.length; i++) sums[i + 1] = sums[i]! + x[i]!;
  return x.map((_, i) => {
    const from = Math.max(0, i - half);
    const to = Math.min(x.length, i + half + 1);
    return (sums[to]! - sums[from]!) / (to - from);
  });
}

/** `x` without its moving mean. */
export function withoutMean(x: Float64Array, width: number): Float64Array {
  const mean = movingMean(x, width);
  return x.map((value, i) => value - mean[i]!);
}

/** The `share` quantile (0 to 1) of finite numbers; 0 of none. */
export function quantile(values: ArrayLike<number>, share: number): number {
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

/** Standardised central moment: 3 is skewness, 4 kurtosis (3 for a normal distribution); 0 when nothing varies. */
export function moment(x: Float64Array, order: 3 | 4): number {
  let mean = 0;
  for (const value of x) mean += value / x.length;
  let square = 0;
  let power = 0;
  for (const value of x) {
    const off = value - mean;
    square += (off * off) / x.length;
    power += (order === 3 ? off * off * off : off * off * off * off) / x.length;
  }
  return square > 0 ? power / square ** (order / 2) : 0;
}
