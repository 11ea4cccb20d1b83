/**
 * How far a few seconds of ECG look like ventricular fibrillation: VF-filter leakage (Kuo and Dillman, Computers in Cardiology
 * 1978; compared by Amann, Tratnig and Unterkofler, BioMed Eng OnLine 2005;4:60). A wave that is near a sine of its own mean
 * period cancels against itself half a period later; QRS complexes do not.
 */

export interface Waveform {
  /** 0 (a sine) to 1. */
  readonly leakage: number;
  /** Waves per second by the mean slope. */
  readonly frequency: number;
  /** Mean distance from the middle, mV. */
  readonly size: number;
  /** Share of time within a fifth of the largest wave: high where QRS stand out of a flat baseline. */
  readonly rest: number;
}

/** `samples` band-passed to the waves of fibrillation, at `fs` Hz; all values finite. */
export function waveform(samples: Float64Array, fs: number): Waveform {
  let absolute = 0;
  let slope = 0;
  let top = 0;
  for (let i = 1; i < samples.length; i++) {
    const size = Math.abs(samples[i]!);
    absolute += size;
    slope += Math.abs(samples[i]! - samples[i - 1]!);
    if (size > top) top = size;
  }
  if (absolute === 0 || slope === 0) return { leakage: 1, frequency: 0, size: 0, rest: 1 };
  const half = Math.min(samples.length >> 1, Math.max(1, Math.round((Math.PI * absolute) / slope)));
  let left = 0;
  let both = 0;
  for (let i = half; i < samples.length; i++) {
    left += Math.abs(samples[i]! + samples[i - half]!);
    both += Math.abs(samples[i]!) + Math.abs(samples[i - half]!);
  }
  let resting = 0;
  for (const sample of samples) if (Math.abs(sample) < top / 5) resting++;
  return {
    leakage: both > 0 ? left / both : 1,
    frequency: fs / (2 * half),
    size: absolute / samples.length,
    rest: resting / samples.length,
  };
}
