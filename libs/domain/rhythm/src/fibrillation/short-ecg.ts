/** Rhythm of a short single-lead recording (9-60 s). */
import { modelScore, type Model } from '../signal/boosted-trees.js';
import { FIBRILLATION, NOISY, NORMAL, OTHER } from '../models/short-ecg.js';
import { isUsableRate } from '../beats/qrs-detector.js';
import { shortEcgFeatures } from './short-ecg-features.js';

/** The classes of the PhysioNet/CinC Challenge 2017: fibrillation, normal, other rhythm, too noisy. */
export type ShortRhythm = 'A' | 'N' | 'O' | '~';

export const SHORT_RHYTHMS: readonly ShortRhythm[] = ['A', 'N', 'O', '~'];

const MODELS: Readonly<Record<ShortRhythm, Model>> = { A: FIBRILLATION, N: NORMAL, O: OTHER, '~': NOISY };

/** The likeliest class of a single-lead recording in mV. Flat, empty or wrongly sampled recordings are `~`. */
export function classifyShortEcg(samples: Float64Array, fs: number): ShortRhythm {
  if (!isUsableRate(fs) || samples.length < 4 * fs) return '~';
  const features = shortEcgFeatures(samples, fs);
  if (features[0] === 0) return '~';
  const scored = SHORT_RHYTHMS.map((name) => ({ name, score: modelScore(MODELS[name], features) }));
  return scored.reduce((best, each) => (each.score > best.score ? each : best)).name;
}
