/** Noise of a sensor and of what the model does not know: an autoregression of first order over 5 min. */
export interface Noise {
  /** Correlation of neighbours 5 min apart, 0 to 0.995. */
  readonly phi: number;
  /** SD of what is new in each 5 min, mg/dL. */
  readonly sd: number;
}

/** Before any fit: sensor noise of about 4 mg/dL (Facchinetti et al., IEEE Trans Biomed Eng 2014;61:1735). */
export const SENSOR_NOISE: Noise = { phi: 0.7, sd: 3 };

const MAX_PHI = 0.995;
const MIN_SD = 0.5;
const STEP_MINUTES = 5;
/** Readings further apart than this count as independent, min. */
const GAP_MINUTES = 30;

/** Factor by which the reading before enters, and the weight (1/SD) of what remains, for each reading. */
export interface Whitening {
  readonly carried: Float64Array;
  readonly weight: Float64Array;
}

export function whiteningOf(at: Int32Array, { phi, sd }: Noise): Whitening {
  const carried = new Float64Array(at.length);
  const weight = new Float64Array(at.length);
  const stationary = sd / Math.sqrt(1 - phi ** 2);
  for (let i = 0; i < at.length; i += 1) {
    const apart = i === 0 ? Infinity : at[i]! - at[i - 1]!;
    carried[i] = apart > GAP_MINUTES ? 0 : phi ** (apart / STEP_MINUTES);
    weight[i] = 1 / (stationary * Math.sqrt(1 - carried[i]! ** 2));
  }
  return { carried, weight };
}

export function whitened(values: Float64Array, { carried, weight }: Whitening): Float64Array {
  return values.map((value, i) => (value - (i === 0 ? 0 : carried[i]! * values[i - 1]!)) * weight[i]!);
}

/** Noise from residuals; readings nearer than 4 or farther than 6 min do not count. */
export function noiseOf(at: Int32Array, residuals: Float64Array): Noise {
  let products = 0;
  let squares = 0;
  let count = 0;
  for (let i = 1; i < at.length; i += 1) {
    const apart = at[i]! - at[i - 1]!;
    if (apart < 4 || apart > 6) continue;
    products += residuals[i]! * residuals[i - 1]!;
    squares += (residuals[i]! ** 2 + residuals[i - 1]! ** 2) / 2;
    count += 1;
  }
  if (count < 50 || squares === 0) return SENSOR_NOISE;
  const phi = Math.min(MAX_PHI, Math.max(0, products / squares));
  return { phi, sd: Math.max(MIN_SD, Math.sqrt((squares / count) * (1 - phi ** 2))) };
}
