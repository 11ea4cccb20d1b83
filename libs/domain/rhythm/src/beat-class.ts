/** Beat classes by the groups of ANSI/AAMI EC57: N, S (supraventricular ectopic) and V (ventricular ectopic), from form and timing. */
import { modelScore } from './boosted-trees.js';
import { SUPRAVENTRICULAR, VENTRICULAR } from './models/beat-class.js';
import { beatFeatures, type BeatFeatures } from './morphology.js';
import type { Beat } from './qrs-detector.js';

export interface ClassedBeat {
  /** Sample of the beat. */
  readonly at: number;
  readonly class: 'N' | 'S' | 'V';
}

const VENTRICULAR_LIMIT = 0.55;
const SUPRAVENTRICULAR_LIMIT = 0.5;

/** Classes of the beats of one channel (mV at `fs` Hz), in order. A beat is judged once its successor is known. */
export function classifyBeats(samples: Float64Array, fs: number, beats: readonly Beat[]): readonly ClassedBeat[] {
  return beatFeatures(samples, fs, beats).map((beat) => ({ at: beat.at, class: classOf(beat) }));
}

function classOf(beat: BeatFeatures): 'N' | 'S' | 'V' {
  const { before, after, likeness, share, area, slope, width, seconds } = beat;
  const features = [before, after, likeness, share, area, slope, width, seconds];
  if (modelScore(VENTRICULAR, features) > VENTRICULAR_LIMIT) return 'V';
  return modelScore(SUPRAVENTRICULAR, features) > SUPRAVENTRICULAR_LIMIT ? 'S' : 'N';
}
