/** AFDB: fibrillation beat by beat from marked beats. Only `(AFIB` counts as fibrillation; audited marks (`.qrsc`) go before machine marks. */
import { afDetections, scoreAf, told } from './af-scoring.js';
import type { ValidationSet } from '../set.js';

const ANNOTATORS = ['qrsc', 'qrs', 'atr'];

export const afdb: ValidationSet = {
  name: 'afdb',
  detect: (folder) => afDetections(folder, ANNOTATORS),
  score(folder, detections) {
    const { truePositive, falseNegative, trueNegative, falsePositive } = scoreAf(folder, ANNOTATORS, detections);
    return told({
      afdb_sensitivity: (100 * truePositive) / (truePositive + falseNegative),
      afdb_specificity: (100 * trueNegative) / (trueNegative + falsePositive),
      afdb_predictivity: (100 * truePositive) / (truePositive + falsePositive),
    });
  },
};
