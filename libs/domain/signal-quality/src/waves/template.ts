/**
 * How much the beats look alike: the mean correlation of each stretch around a beat with the mean of all of them.
 * C. Orphanidou et al., IEEE J Biomed Health Inform 2015;19(3):832-838 (limits 0.66 for ECG, 0.86 for PPG).
 * NaN with fewer than three whole beats.
 */
export function likeness(x: Float64Array, beats: readonly number[], before: number, after: number): number {
  const width = before + after;
  const whole = beats.filter((at) => at >= before && at + after <= x.length);
  if (whole.length < 3 || width < 4) return Number.NaN;
  const mean = new Float64Array(width);
  for (const at of whole) for (let i = 0; i < width; i++) mean[i]! += x[at - before + i]! / whole.length;
  let total = 0;
  for (const at of whole) total += correlation(x.subarray(at - before, at + after), mean);
  return total / whole.length;
}

function correlation(a: Float64Array, b: Float64Array): number {
  let meanA = 0;
  let meanB = 0;
  for (let i = 0; i < a.length; i++) {
    meanA += a[i]! / a.length;
    meanB += b[i]! / a.length;
  }
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let i = 0; i < a.length; i++) {
    const da = a[i]! - meanA;
    const db = b[i]! - meanB;
    aa += da * da;
    bb += db * db;
    ab += da * db;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}
