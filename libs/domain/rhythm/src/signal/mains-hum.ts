/** Takes the hum of the mains (50 and 60 Hz) off an ECG, where there is any: on a silent heart its waves look like beats, and alike. */

const MAINS_HZ = [50, 60] as const;
/** Whole periods of both. Between two beats it lies without a QRS, whose slopes have a share of these frequencies too. */
const PART_S = 0.2;
/** Hum may begin with the lead coming loose: two seconds of it are enough. */
const STRETCH_PARTS = 10;
/** mV, in the quieter quarter of a stretch; true asystoles are lost from 0.05 mV on (docs/clinical/rules/asystole.md). */
const MIN_MV = 0.02;
/** A notch 10 Hz wide that rings for 30 ms: mains stray by 0.2 Hz. */
const QUALITY = 5;

/** The same samples where there is no hum of `least` mV; `fs` in Hz. NaN is kept. */
export function withoutHum(samples: Float64Array, fs: number, least = MIN_MV): Float64Array {
  return MAINS_HZ.reduce(
    (clean, hertz) => (hasHum(clean, fs, hertz, least) ? notched(clean, fs, hertz) : clean),
    samples,
  );
}

function hasHum(samples: Float64Array, fs: number, hertz: number, least: number): boolean {
  if (hertz >= 0.48 * fs) return false;
  const amplitudes = amplitudesOf(samples, fs, hertz);
  for (let from = 0; from + STRETCH_PARTS <= amplitudes.length; from++) {
    const stretch = amplitudes.slice(from, from + STRETCH_PARTS).toSorted((a, b) => a - b);
    if (stretch[STRETCH_PARTS >> 2]! > least) return true;
  }
  return false;
}

/** Amplitude of the frequency in each part (Goertzel's sums, linear trend subtracted). */
function amplitudesOf(samples: Float64Array, fs: number, hertz: number): readonly number[] {
  const length = Math.round(PART_S * fs);
  const turn = (2 * Math.PI * hertz) / fs;
  const [cosines, sines] = [Math.cos, Math.sin].map((of) => Float64Array.from({ length }, (_, i) => of(turn * i)));
  const amplitudes: number[] = [];
  for (let from = 0; from + length < samples.length; from += length) {
    const slope = (samples[from + length]! - samples[from]!) / length;
    let [c, s] = [0, 0];
    for (let i = 0; i < length; i++) {
      const x = samples[from + i]! - samples[from]! - slope * i;
      c += x * cosines![i]!;
      s += x * sines![i]!;
    }
    const amplitude = (2 * Math.hypot(c, s)) / length;
    amplitudes.push(Number.isNaN(amplitude) ? 0 : amplitude);
  }
  return amplitudes;
}

/** A second-order notch (bilinear transform; Bristow-Johnson's cookbook), begun as if the first sample had always stood. */
function notched(samples: Float64Array, fs: number, hertz: number): Float64Array {
  const turn = (2 * Math.PI * hertz) / fs;
  const alpha = Math.sin(turn) / (2 * QUALITY);
  const norm = 1 / (1 + alpha);
  const middle = -2 * Math.cos(turn) * norm;
  const last = (1 - alpha) * norm;
  let held = samples.find((sample) => Number.isFinite(sample)) ?? 0;
  let [x1, x2, y1, y2] = [held, held, held, held];
  return samples.map((sample) => {
    const x = Number.isFinite(sample) ? (held = sample) : held;
    const y = norm * (x + x2) + middle * (x1 - y1) - last * y2;
    [x2, x1, y2, y1] = [x1, x, y1, y];
    return Number.isFinite(sample) ? y : Number.NaN;
  });
}
