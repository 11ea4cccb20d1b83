/** What one channel says about the time before an alarm, from all its beats and from those that look alike. */
import { agreements, PULSE_FORM, QRS_FORM } from './beat-agreement.js';
import { regularity, type Regularity } from './interval-features.js';
import { findPulses } from './pulse-detector.js';
import { findBeats } from './qrs-detector.js';

export interface ChannelEvidence {
  readonly kind: 'ecg' | 'pulse';
  /** Every wave taken for a beat: noise makes it too fast and its gaps too short. */
  readonly all: Regularity;
  /** Only beats that look like the channel's median beat: noise makes it too slow and its gaps too long. */
  readonly sure: Regularity;
  /** Share of the beats that look like it, 0..1: the quality of the channel. */
  readonly share: number;
}

/** The seconds that matter. A channel that ends before `until` has a gap up to it. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** Seconds before `from` whose intervals count, as in `regularity`. */
const BEFORE_S = 4;
const ALIKE = 0.7;
const SIZES = [0.4, 2.5] as const;

export function channelEvidence(
  kind: 'ecg' | 'pulse',
  samples: Float64Array,
  fs: number,
  { from, until }: Span,
): ChannelEvidence {
  const beats =
    kind === 'ecg'
      ? findBeats(samples, fs).map(({ at }) => at)
      : findPulses(samples, fs).map((at) => Math.round(at * fs));
  const agreement = agreements(samples, fs, beats, kind === 'ecg' ? QRS_FORM : PULSE_FORM);
  const isSure = agreement.map(({ likeness, size }) => likeness > ALIKE && size > SIZES[0] && size < SIZES[1]);
  const timesOf = (chosen: readonly number[]): readonly number[] => chosen.map((at) => at / fs);
  const sure = beats.filter((_, i) => isSure[i]);
  const isNear = (at: number): boolean => at / fs > from - BEFORE_S;
  const near = beats.filter(isNear).length;
  return {
    kind,
    all: regularity(timesOf(beats), from, until),
    sure: regularity(timesOf(sure), from, until),
    share: near > 0 ? sure.filter(isNear).length / near : 0,
  };
}
