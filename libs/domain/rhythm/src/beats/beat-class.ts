/** Beat classes by the groups of ANSI/AAMI EC57: N, S (supraventricular ectopic) and V (ventricular ectopic), from form and timing. */
import { classFeatures } from './beat-features.js';
import { modelScore } from '../signal/boosted-trees.js';
import { SUPRAVENTRICULAR, VENTRICULAR } from '../models/beat-class.js';
import { isUsableRate, type Beat } from './qrs-detector.js';

export interface ClassedBeat {
  /** Sample of the beat. */
  readonly at: number;
  readonly class: 'N' | 'S' | 'V';
}

const LIMIT = 0.5;

/** Classes of the beats of one channel (mV at `fs` Hz), in order; none at a rate outside 100 to 1000 Hz. A recording is judged as a whole. */
export function classifyBeats(samples: Float64Array, fs: number, beats: readonly Beat[]): readonly ClassedBeat[] {
  if (!isUsableRate(fs)) return [];
  const features = classFeatures(samples, fs, beats);
  return beats.map(({ at }, i) => ({ at, class: classOf(features[i]!) }));
}

function classOf(features: readonly number[]): 'N' | 'S' | 'V' {
  if (modelScore(VENTRICULAR, features) > LIMIT) return 'V';
  return modelScore(SUPRAVENTRICULAR, features) > LIMIT ? 'S' : 'N';
}
