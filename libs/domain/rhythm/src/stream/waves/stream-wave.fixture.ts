import { expect } from '@jest/globals';
import { stepWave, type RhythmFinding, type WaveChunk, type WaveState } from '../../index.js';

export const START = 1_700_000_000_000;
export const FS = 250;

/** A repeatable stream of numbers in 0..1 (Park and Miller 1988). */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** [height mV, shift s, width s] of the waves of a beat. */
const NARROW = [
  [0.12, -0.16, 0.02],
  [1, 0, 0.011],
  [-0.2, 0.03, 0.01],
  [0.25, 0.28, 0.045],
] as const;
const WIDE = [
  [1.8, 0, 0.045],
  [-0.7, 0.13, 0.05],
] as const;

/** An ECG of sinus beats (and wide ones) with 10 µV of noise. */
export function ecg(beats: readonly number[], seconds: number, wide: readonly number[] = [], fs = FS): number[] {
  const next = numbers(9);
  const out = Array.from({ length: Math.round(seconds * fs) }, () => 0.02 * (next() - 0.5));
  const add = (at: number, waves: ReadonlyArray<readonly [number, number, number]>): void => {
    for (let k = Math.max(0, Math.round((at - 0.4) * fs)); k < Math.min(out.length, (at + 0.6) * fs); k++)
      for (const [height, shift, width] of waves)
        out[k]! += height * Math.exp(-((k / fs - at - shift) ** 2) / (2 * width ** 2));
  };
  for (const at of beats) add(at, NARROW);
  for (const at of wide) add(at, WIDE);
  return out;
}

export function pulse(beats: readonly number[], seconds: number): number[] {
  const next = numbers(6);
  const out = Array.from({ length: Math.round(seconds * FS) }, () => 80 + next());
  for (const at of beats)
    for (let k = Math.round(at * FS); k < Math.min(out.length, (at + 0.8) * FS); k++)
      out[k]! += 40 * Math.exp(-((k / FS - at - 0.25) ** 2) / (2 * 0.08 ** 2));
  return out;
}

export function steady(from: number, to: number, interval: number): number[] {
  return Array.from({ length: Math.floor((to - from) / interval) }, (_, i) => from + i * interval);
}

export interface Signal {
  readonly samples: readonly number[];
  readonly kind?: WaveChunk['kind'];
  readonly channel?: string;
  readonly doubtful?: boolean;
}

export interface Outcome {
  readonly state: WaveState;
  readonly findings: readonly RhythmFinding[];
}

/** Signals in step, cut into chunks of the sizes given (samples), in turn; the state goes through JSON between them. */
export function stream(signals: readonly Signal[], sizes: readonly number[] = [FS], fs = FS): Outcome {
  let state: WaveState | null = null;
  const findings: RhythmFinding[] = [];
  const length = Math.max(...signals.map(({ samples }) => samples.length));
  for (let i = 0, turn = 0; i < length; turn++) {
    const size = sizes[turn % sizes.length]!;
    for (const { samples, kind = 'ecg', channel = 'II', doubtful = false } of signals) {
      const part = samples.slice(i, i + size);
      const step = stepWave(state, {
        t: START + (i * 1000) / fs,
        samples: part,
        periodMs: 1000 / fs,
        kind,
        channel,
        doubtful,
      });
      state = JSON.parse(JSON.stringify(step.state)) as WaveState;
      findings.push(...step.findings);
      expect(step.refusals).toEqual([]);
    }
    i += size;
  }
  return { state: state!, findings };
}

export const present = (findings: readonly RhythmFinding[]): readonly string[] =>
  findings.filter((each) => each.present).map(({ rule }) => rule);

export const seconds = (finding: RhythmFinding | undefined): number => ((finding?.at ?? Number.NaN) - START) / 1000;

export const SINUS = steady(0.5, 60, 0.8);
/** When what the recordings are about begins: seconds after START. */
export const ONSET = 15.6;
export const STOPPED = SINUS.filter((at) => at < ONSET);

/** Sinus beats, then fibrillatory waves: 4 to 6 Hz, size and frequency wandering. */
export function fibrillating(length: number, beats: readonly number[] = STOPPED, from = ONSET): number[] {
  const out = ecg(beats, length);
  for (let k = from * FS, phase = 0; k < out.length; k++) {
    const t = k / FS;
    phase += (2 * Math.PI * (5 + Math.sin(0.9 * t))) / FS;
    out[k]! += (0.35 + 0.12 * Math.sin(1.7 * t)) * Math.sin(phase);
  }
  return out;
}
