import type { WireSample } from '#libs/contracts';
import { SECOND, T0 } from './ward.js';

export const ECG = 12;
export const RR = 2;

/** One evenly sampled recording of one channel, from T0 on; mV for an ECG. */
export interface Recording {
  readonly code: number;
  readonly channel: string;
  readonly rate: number;
  readonly values: readonly number[];
}

/** Repeatable and even in 0..1 for whole numbers. */
export function noise(n: number): number {
  const x = Math.sin((n + 1) * 12.9898) * 43_758.5453;
  return x - Math.floor(x);
}

export function every(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);
}

/** One beat as three bumps (P, QRS, T); `at` seconds after the R wave, mV. */
function usualBeat(at: number): number {
  const bump = (height: number, centre: number, width: number): number =>
    height * Math.exp(-(((at - centre) / width) ** 2));
  return (
    bump(0.12, -0.18, 0.03) -
    bump(0.1, -0.03, 0.01) +
    bump(1.1, 0, 0.012) -
    bump(0.2, 0.03, 0.012) +
    bump(0.25, 0.28, 0.06)
  );
}

/** Wide, without a P wave, its T the other way. */
function ventricularBeat(at: number): number {
  const bump = (height: number, centre: number, width: number): number =>
    height * Math.exp(-(((at - centre) / width) ** 2));
  return bump(1.6, 0, 0.05) - bump(0.9, 0.12, 0.06);
}

/** ECG with usual beats at `times` and ventricular ones at `ventricular` (seconds after T0). */
export function ecg(
  seconds: number,
  times: readonly number[],
  { ventricular = [], channel = 'II', gain = 1, rate = 250 }: EcgOptions = {},
): Recording {
  const values = new Float64Array(seconds * rate);
  const add = (beats: readonly number[], form: (at: number) => number): void => {
    for (const beat of beats) {
      const from = Math.max(0, Math.floor((beat - 0.6) * rate));
      const to = Math.min(values.length, Math.ceil((beat + 0.6) * rate));
      for (let i = from; i < to; i++) values[i]! += gain * form(i / rate - beat);
    }
  };
  add(times, usualBeat);
  add(ventricular, ventricularBeat);
  return {
    code: ECG,
    channel,
    rate,
    values: Array.from(values, (value, i) => Math.round((value + 0.01 * Math.sin((i / rate) * 40)) * 1000) / 1000),
  };
}

interface EcgOptions {
  readonly ventricular?: readonly number[];
  readonly channel?: string;
  readonly gain?: number;
  readonly rate?: number;
}

/** The recording in chunks of `sizes` values, taken in turn; chunks begin on whole milliseconds. */
export function cut({ code, channel, rate, values }: Recording, sizes: readonly number[]): WireSample[] {
  const chunks: WireSample[] = [];
  for (let from = 0, turn = 0; from < values.length; turn++) {
    const to = Math.min(values.length, from + sizes[turn % sizes.length]!);
    const t = T0 + Math.round((from * SECOND) / rate);
    chunks.push({ c: code, t, s: values.slice(from, to), p: SECOND / rate, h: channel });
    from = to;
  }
  return chunks;
}

/** Successive intervals (ms) from `start` on, in runs of `sizes` intervals, taken in turn. */
export function runsOf(intervals: readonly number[], sizes: readonly number[], start = T0): WireSample[] {
  const runs: WireSample[] = [];
  let t = start;
  for (let from = 0, turn = 0; from < intervals.length; turn++) {
    const s = intervals.slice(from, from + sizes[turn % sizes.length]!);
    runs.push({ c: RR, t, s });
    t += s.reduce((sum, each) => sum + each, 0);
    from += s.length;
  }
  return runs;
}
