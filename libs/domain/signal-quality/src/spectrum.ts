const SEGMENT_S = 2;
const STEP_HZ = 1 / SEGMENT_S;

/**
 * Power at 0, 0.5, 1, … Hz up to `highest`, summed over segments of two seconds under a Hann window (Welch 1967, without overlap),
 * by Goertzel's recursion: for few frequencies it needs neither a transform nor a length that is a power of two.
 */
export function powerSpectrum(x: Float64Array, fs: number, highest: number): Float64Array {
  const length = Math.min(x.length, Math.round(SEGMENT_S * fs));
  const power = new Float64Array(Math.floor(highest / STEP_HZ) + 1);
  if (length < 2) return power;
  const segment = new Float64Array(length);
  for (let start = 0; start + length <= x.length; start += length) {
    let mean = 0;
    for (let i = 0; i < length; i++) mean += x[start + i]! / length;
    for (let i = 0; i < length; i++)
      segment[i] = (x[start + i]! - mean) * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / length));
    for (let bin = 0; bin < power.length; bin++) power[bin]! += goertzel(segment, (bin * STEP_HZ) / fs);
  }
  return power;
}

/** Power from `low` to below `high` Hz. */
export function bandPower(power: Float64Array, low: number, high: number): number {
  let sum = 0;
  for (let bin = Math.ceil(low / STEP_HZ); bin < power.length && bin * STEP_HZ < high; bin++) sum += power[bin]!;
  return sum;
}

function goertzel(x: Float64Array, cycles: number): number {
  const turn = 2 * Math.cos(2 * Math.PI * cycles);
  let s1 = 0;
  let s2 = 0;
  for (const value of x) {
    const s = value + turn * s1 - s2;
    s2 = s1;
    s1 = s;
  }
  return s1 * s1 + s2 * s2 - turn * s1 * s2;
}
