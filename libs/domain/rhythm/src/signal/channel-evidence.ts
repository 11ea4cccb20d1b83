/** What one channel says about the time before an alarm, from all its beats and from those that look alike. */
import { agreements, PULSE_FORM, QRS_FORM } from '../beats/beat-agreement.js';
import { bandPass } from './biquad.js';
import { regularity, type Regularity } from '../fibrillation/interval-features.js';
import { findPulses } from '../beats/pulse-detector.js';
import { findBeats } from '../beats/qrs-detector.js';
import { waveform } from '../stream/waves/stream-fibrillation.js';

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

/** VF-filter leakage at and under which a wave is fibrillatory, and its waves per second and mV, as in the streamed rule. */
const LEAKAGE = 0.42;
const WAVES = [2, 9] as const;
const MIN_MV = 0.05;
const WAVE_S = 4;

/** Whether four seconds of the lead in the span look like fibrillation or flutter, however regular. */
export function isFibrillatory(samples: Float64Array, fs: number, { from, until }: Span): boolean {
  const filter = bandPass(fs, 1, 20);
  let held = 0;
  const signal = samples.map((sample) => filter((held = Number.isFinite(sample) ? sample : held)));
  for (let start = from; start + WAVE_S <= until; start++) {
    const part = signal.subarray(Math.round(start * fs), Math.round((start + WAVE_S) * fs));
    const { leakage, frequency, size } = waveform(part, fs);
    if (leakage <= LEAKAGE && frequency >= WAVES[0] && frequency <= WAVES[1] && size >= MIN_MV) return true;
  }
  return false;
}
