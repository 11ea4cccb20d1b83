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
    for (let bin = 0; bin < power.length; bin += 4) addPowers(power, bin, segment, fs);
  }
  return power;
}

/** Power from `low` to below `high` Hz. */
export function bandPower(power: Float64Array, low: number, high: number): number {
  let sum = 0;
  for (let bin = Math.ceil(low / STEP_HZ); bin < power.length && bin * STEP_HZ < high; bin++) sum += power[bin]!;
  return sum;
}

/**
 * Goertzel's recursion for four frequencies at once, from `bin` on: each step of one waits for the last, four fill the time
 * (a third of the time of one after the other; the sums are the same to the bit).
 */
function addPowers(power: Float64Array, bin: number, x: Float64Array, fs: number): void {
  const [a, b, c, d] = [turnOf(bin, fs), turnOf(bin + 1, fs), turnOf(bin + 2, fs), turnOf(bin + 3, fs)];
  let [a1, a2, b1, b2, c1, c2, d1, d2] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const value = x[i]!;
    const a0 = value + a * a1 - a2;
    const b0 = value + b * b1 - b2;
    const c0 = value + c * c1 - c2;
    const d0 = value + d * d1 - d2;
    a2 = a1;
    a1 = a0;
    b2 = b1;
    b1 = b0;
    c2 = c1;
    c1 = c0;
    d2 = d1;
    d1 = d0;
  }
  // A typed array ignores what is written behind its end.
  power[bin]! += a1 * a1 + a2 * a2 - a * a1 * a2;
  power[bin + 1]! += b1 * b1 + b2 * b2 - b * b1 * b2;
  power[bin + 2]! += c1 * c1 + c2 * c2 - c * c1 * c2;
  power[bin + 3]! += d1 * d1 + d2 * d2 - d * d1 * d2;
}

function turnOf(bin: number, fs: number): number {
  return 2 * Math.cos(2 * Math.PI * ((bin * STEP_HZ) / fs));
}
