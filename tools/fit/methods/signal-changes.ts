/** Recordings as they might also have come: shorter, with noise, at another gain, with a lead off. */
import type { AlarmSignals } from '#libs/domain/rhythm';

/** One channel; the given samples stay as they are. */
export type Change = (samples: Float64Array, fs: number) => Float64Array;
export type AlarmChange = (signals: AlarmSignals) => AlarmSignals;

/** White noise of a standard deviation in the channel's unit; near to normal: sums of twelve even numbers. */
export function noisy(size: number, next: () => number): Change {
  return (samples) =>
    samples.map((sample) => {
      let sum = -6;
      for (let i = 0; i < 12; i++) sum += next();
      return sample + size * sum;
    });
}

/** White noise of a share of the channel's swing: from its 5 to its 95 % quantile. */
export function noisyBySwing(share: number, next: () => number): Change {
  return (samples, fs) => {
    const sorted = samples.filter((sample) => !Number.isNaN(sample)).sort();
    const swing = (sorted[Math.floor(0.95 * sorted.length)] ?? 0) - (sorted[Math.floor(0.05 * sorted.length)] ?? 0);
    return noisy(share * swing, next)(samples, fs);
  };
}

/** A sine of an amplitude in the channel's unit: hum of the mains, or a slow wander. */
export function swaying(hertz: number, amplitude: number): Change {
  return (samples, fs) => samples.map((sample, i) => sample + amplitude * Math.sin((2 * Math.PI * hertz * i) / fs));
}

export function scaled(gain: number): Change {
  return (samples) => samples.map((sample) => gain * sample);
}

export function onEcg(change: Change): AlarmChange {
  return ({ fs, ecg, pulse }) => ({ fs, ecg: ecg.map((each) => change(each, fs)), pulse });
}

export function onPulse(change: Change): AlarmChange {
  return ({ fs, ecg, pulse }) => ({ fs, ecg, pulse: pulse.map((each) => change(each, fs)) });
}

/** Seconds taken away at the start and at the end. */
export function shortened(start: number, end: number): AlarmChange {
  return ({ fs, ecg, pulse }) => {
    const part = (samples: Float64Array): Float64Array =>
      samples.subarray(Math.round(start * fs), samples.length - Math.round(end * fs));
    return { fs, ecg: ecg.map(part), pulse: pulse.map(part) };
  };
}

/** One ECG lead flat throughout. */
export function leadOff(lead: number): AlarmChange {
  return ({ fs, ecg, pulse }) => ({
    fs,
    ecg: ecg.map((samples, i) => (i === lead ? new Float64Array(samples.length) : samples)),
    pulse,
  });
}
