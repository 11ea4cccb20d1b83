import type { Cited } from '../state/cited.js';

/** A judged value as rules see it; `series` in place of a single value for intervals and waveforms. */
export interface Sample {
  readonly cited: Cited;
  readonly series?: readonly number[];
  readonly periodMs?: number;
  readonly channel?: string;
  /** What measured it; absent: only the source is known. */
  readonly device?: string;
  /** Of waveforms: the part of it that is judged in this step, from `t` (ms) on. */
  readonly part?: { readonly t: number; readonly series: readonly number[] };
}
