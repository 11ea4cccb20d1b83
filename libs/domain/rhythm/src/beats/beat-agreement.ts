/** Which beats of a channel look like each other: only those may contradict an alarm. */
import { bandPass } from '../signal/biquad.js';

/** The part of a wave that is compared: seconds before and after the beat, band in Hz. */
export interface Form {
  readonly before: number;
  readonly after: number;
  readonly band: readonly [low: number, high: number];
}

export const QRS_FORM: Form = { before: 0.1, after: 0.16, band: [1, 25] };
export const PULSE_FORM: Form = { before: 0.25, after: 0.3, band: [0.8, 8] };

/** How one beat agrees with the median beat of its channel. */
export interface Agreement {
  /** Correlation at the best shift of up to 40 ms, -1..1. */
  readonly likeness: number;
  /** Size (mean absolute value) over that of the median beat. */
  readonly size: number;
}

/** One entry per beat (sample numbers in `beats`); fewer than five beats agree with nothing. */
export function agreements(
  samples: Float64Array,
  fs: number,
  beats: readonly number[],
  form: Form,
): readonly Agreement[] {
  if (beats.length < 5) return beats.map(() => ({ likeness: 0, size: 0 }));
  const filter = bandPass(fs, ...form.band);
  let held = 0;
  const signal = samples.map((sample) => filter((held = Number.isFinite(sample) ? sample : held)));
  const most = Math.round(0.04 * fs);
  const step = Math.max(1, Math.round(fs / 125));
  const offsets: number[] = [];
  for (let k = -Math.round(form.before * fs); k <= form.after * fs; k += step) offsets.push(k);
  const cut = (at: number): Float64Array => Float64Array.from(offsets, (k) => signal[at + k] ?? 0);
  const middle = medianForm(beats.map(cut));
  const size = meanSize(middle);
  return beats.map((at) => {
    let likeness = -1;
    for (let shift = -most; shift <= most; shift += step)
      likeness = Math.max(likeness, correlation(cut(at + shift), middle));
    return { likeness, size: size > 0 ? meanSize(cut(at)) / size : 0 };
  });
}

function medianForm(forms: readonly Float64Array[]): Float64Array {
  return forms[0]!.map((_, k) => forms.map((form) => form[k]!).toSorted((a, b) => a - b)[forms.length >> 1]!);
}

function meanSize(form: Float64Array): number {
  return form.reduce((sum, value) => sum + Math.abs(value), 0) / form.length;
}

function correlation(a: Float64Array, b: Float64Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((x, k) => {
    const y = b[k]!;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  });
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}
