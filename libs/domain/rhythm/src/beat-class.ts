/** Beat classes by the groups of ANSI/AAMI EC57: N, S (supraventricular ectopic) and V (ventricular ectopic), from form and timing. */
import { inContext } from './beat-context.js';
import { modelScore } from './boosted-trees.js';
import { SUPRAVENTRICULAR, VENTRICULAR } from './models/beat-class.js';
import { beatFeatures } from './morphology.js';
import type { Beat } from './qrs-detector.js';

export interface ClassedBeat {
  /** Sample of the beat. */
  readonly at: number;
  readonly class: 'N' | 'S' | 'V';
}

const VENTRICULAR_LIMIT = 0.45;
const SUPRAVENTRICULAR_LIMIT = 0.35;

/** Classes of the beats of one channel (mV at `fs` Hz), in order. A beat is judged once its successor is known. */
export function classifyBeats(samples: Float64Array, fs: number, beats: readonly Beat[]): readonly ClassedBeat[] {
  const contexts = inContext(beatFeatures(samples, fs, beats));
  return beats.map(({ at }, i) => ({ at, class: classOf(contexts[i]!) }));
}

function classOf(features: readonly number[]): 'N' | 'S' | 'V' {
  if (modelScore(VENTRICULAR, features) > VENTRICULAR_LIMIT) return 'V';
  return modelScore(SUPRAVENTRICULAR, features) > SUPRAVENTRICULAR_LIMIT ? 'S' : 'N';
}
