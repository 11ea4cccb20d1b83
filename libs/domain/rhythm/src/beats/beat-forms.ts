/** The form of a beat: a piece of the band-passed signal around it, at one rate whatever the recording's. */
import { bandPass } from '../signal/biquad.js';

/** Samples per second of a form: what is measured on it does not depend on the rate of the recording. */
export const FORM_RATE = 120;
/** Where in a form its beat lies: 0.35 s after the start. */
export const FORM_BEAT = 42;
/** 0.9 s. */
export const FORM_LENGTH = 108;
/** How far a form may be shifted to lie on another: 58 ms. */
export const FORM_SHIFT = 7;
/** The QRS part: 0.1 s before to 0.17 s after. */
export const QRS_FROM = FORM_BEAT - 12;
export const QRS_TO = FORM_BEAT + 20;

/** The signal that forms are cut from: 0.7 to 30 Hz, NaN and infinity hold the last value. */
export function formSignal(samples: Float64Array, fs: number): Float64Array {
  const filter = bandPass(fs, 0.7, 30);
  let held = 0;
  return samples.map((sample) => filter((held = Number.isFinite(sample) ? sample : held)));
}

/** The form around sample `at`, its median subtracted as the baseline. Past the ends of the signal its end value goes on. */
export function formAt(signal: Float64Array, fs: number, at: number): Float64Array {
  const last = signal.length - 1;
  const form = Float64Array.from({ length: FORM_LENGTH }, (_, i) => {
    const place = Math.min(last, Math.max(0, at + ((i - FORM_BEAT) * fs) / FORM_RATE));
    const low = Math.floor(place);
    const [a, b] = [signal[low] ?? 0, signal[Math.min(low + 1, last)] ?? 0];
    return a + (place - low) * (b - a);
  });
  const rest = form.toSorted()[FORM_LENGTH >> 1]!;
  return form.map((value) => value - rest);
}
