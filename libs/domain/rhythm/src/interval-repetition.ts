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
  const sorted = Float64Array.from(intervals).sort();
  const [low, high] = [sorted[CLIPPED]!, sorted[sorted.length - 1 - CLIPPED]!];
  if (low === high) return 1;
  const clipped = Float64Array.from(intervals, (each) => (each < low ? low : each > high ? high : each));
  let sum = 0;
  for (const each of clipped) sum += each;
  const mean = sum / clipped.length;
  let squares = 0;
  for (let i = 0; i < clipped.length; i++) {
    clipped[i]! -= mean;
    squares += clipped[i]! * clipped[i]!;
  }
  let largest = 0;
  for (let lag = 1; lag <= LAGS; lag++) {
    let products = 0;
    for (let i = lag; i < clipped.length; i++) products += clipped[i]! * clipped[i - lag]!;
    const size = Math.abs(products) / (clipped.length - lag);
    if (size > largest) largest = size;
  }
  return (largest * clipped.length) / squares;
}
