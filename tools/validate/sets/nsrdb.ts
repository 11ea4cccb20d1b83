/** NSRDB: healthy hearts; every fibrillation found here is false. */
import { afDetections, scoreAf, told } from './af-scoring.js';
import type { ValidationSet } from '../set.js';

const ANNOTATORS = ['atr'];
/** A false episode that a ward would hear of, seconds. */
const EPISODE_S = 120;

export const nsrdb: ValidationSet = {
  name: 'nsrdb',
  detect: (folder) => afDetections(folder, ANNOTATORS),
  score(folder, detections) {
    const { trueNegative, falsePositive, seconds } = scoreAf(folder, ANNOTATORS, detections);
    const episodes = detections.filter(({ kind, at, until = at }) => kind === 'af' && until - at >= EPISODE_S).length;
    return told({
      nsrdb_specificity: (100 * trueNegative) / (trueNegative + falsePositive),
      nsrdb_false_episodes_per_24h: episodes / (seconds / 86_400),
    });
  },
};
