/** A causal filter: one sample in, one out. */
export type Filter = (sample: number) => number;

/** Second-order section by the bilinear transform (Q = 1/sqrt 2: Butterworth). Starts settled at the first sample, so an offset rings little. */
function section(fs: number, cutoff: number, kind: 'low' | 'high'): Filter {
  const k = Math.tan((Math.PI * Math.min(cutoff, 0.45 * fs)) / fs);
  const norm = 1 / (1 + Math.SQRT2 * k + k * k);
  const b0 = kind === 'low' ? k * k * norm : norm;
  const b1 = kind === 'low' ? 2 * b0 : -2 * b0;
  const a1 = 2 * (k * k - 1) * norm;
  const a2 = (1 - Math.SQRT2 * k + k * k) * norm;
  let x1 = Number.NaN;
  let x2 = 0;
  let y1 = 0;
  let y2 = 0;
  return (x) => {
    if (Number.isNaN(x1)) {
      x1 = x;
      x2 = x;
      y1 = kind === 'low' ? x : 0;
      y2 = y1;
    }
    const y = b0 * x + b1 * x1 + b0 * x2 - a1 * y1 - a2 * y2;
    x2 = x1;
    x1 = x;
    y2 = y1;
    y1 = y;
    return y;
  };
}

/** Fourth-order Butterworth band-pass, low to high Hz, at `fs` Hz. */
export function bandPass(fs: number, low: number, high: number): Filter {
  const highPass = section(fs, low, 'high');
  const lowPass = section(fs, high, 'low');
  return (sample) => lowPass(highPass(sample));
}
