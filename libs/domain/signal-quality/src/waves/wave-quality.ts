/** Why a window of a wave is worth less than its full index. `inverted` and `damped` are emitted; the rest also lower the index. */
export type WaveReason =
  | 'sampling-rate'
  | 'too-short'
  | 'missing'
  | 'flat'
  | 'saturated'
  | 'level-implausible'
  | 'noisy'
  | 'baseline-wander'
  | 'no-beats'
  | 'irregular-shape'
  | 'rate-implausible'
  | 'inverted'
  | 'damped';

export interface WaveQuality {
  /** 0 (nothing to be had) to 1 (clean). */
  readonly index: number;
  /** Whether a detector may rest on this window at all. */
  readonly usable: boolean;
  readonly reasons: readonly WaveReason[];
}

export function refused(...reasons: readonly WaveReason[]): WaveQuality {
  return { index: 0, usable: false, reasons };
}

/** Index below which a window is not usable. */
export const USABLE = 0.5;

export function judged(index: number, reasons: ReadonlySet<WaveReason>): WaveQuality {
  const within = index > 0 ? Math.min(1, index) : 0;
  return { index: within, usable: within >= USABLE, reasons: [...reasons] };
}

/** 0 at or beyond `bad`, 1 at or beyond `good`, straight between; NaN is 0. */
export function ramp(value: number, bad: number, good: number): number {
  const share = (value - bad) / (good - bad);
  return share > 0 ? Math.min(1, share) : 0;
}
