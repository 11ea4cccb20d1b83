/**
 * How far intervals repeat themselves. Sinus rhythm that swings with breathing comes back after as many beats as a breath has
 * (3 to 8), and the slow swings of apnea make neighbours alike; in fibrillation one interval says next to nothing of those that follow.
 */

/** Beats in a breath, at most. */
const LAGS = 8;
/** The shortest and longest three count as the fourth, so that an ectopic or missed beat moves little. */
const CLIPPED = 3;

/** Largest autocorrelation, positive or negative, at one to eight beats: 0 (none) to about 1 (equal intervals: 1). At least ten `intervals`, ms. */
export function repetition(intervals: readonly number[]): number {
  const count = intervals.length;
  const [low, high] = fourthOfBothEnds(intervals);
  if (low === high) return 1;
  const clipped = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += clipped[i] = Math.min(high, Math.max(low, intervals[i]!));
  let squares = 0;
  for (let i = 0; i < count; i++) {
    clipped[i]! -= sum / count;
    squares += clipped[i]! * clipped[i]!;
  }
  let largest = 0;
  for (let lag = 1; lag <= LAGS; lag++) {
    let products = 0;
    for (let i = lag; i < count; i++) products += clipped[i]! * clipped[i - lag]!;
    const size = Math.abs(products) / (count - lag);
    if (size > largest) largest = size;
  }
  return (largest * count) / squares;
}

/** The shortest and longest interval but three: four kept at each end, which is quicker than to sort all. */
function fourthOfBothEnds(intervals: readonly number[]): readonly [number, number] {
  const kept = CLIPPED + 1;
  const shortest = new Float64Array(kept).fill(Number.POSITIVE_INFINITY);
  const longest = new Float64Array(kept).fill(Number.NEGATIVE_INFINITY);
  for (const each of intervals) {
    if (each < shortest[CLIPPED]!) {
      let i = CLIPPED;
      for (; i > 0 && shortest[i - 1]! > each; i--) shortest[i] = shortest[i - 1]!;
      shortest[i] = each;
    }
    if (each > longest[CLIPPED]!) {
      let i = CLIPPED;
      for (; i > 0 && longest[i - 1]! < each; i--) longest[i] = longest[i - 1]!;
      longest[i] = each;
    }
  }
  return [shortest[CLIPPED]!, longest[CLIPPED]!];
}
