/**
 * Sets on which fibrillation is found from marked beats, scored beat by beat. Where nobody had fibrillation (NSRDB, NSR2DB, RR of healthy people) all that
 * is found is false. Nobody promised that of CHF2DB. Audited marks (`.qrsc`) go before machine marks.
 */
import { afDetections, afFigures, countAf, markedRecordings, recordRow, scoreAf } from './af-scoring.js';
import type { ValidationSet } from '../../set.js';

const ATR = ['atr'];
const AUDITED_FIRST = ['qrsc', 'qrs', 'atr'];

function markedSet(name: string, annotators: readonly string[], figures: readonly string[]): ValidationSet {
  return {
    name,
    detect: (folder) => afDetections(folder, annotators),
    score(folder, detections) {
      const counts = scoreAf(folder, annotators, detections);
      const { truePositive, falsePositive } = counts;
      const found = { ...afFigures(counts), predictivity: (100 * truePositive) / (truePositive + falsePositive) };
      return Object.fromEntries(
        Object.entries(found)
          .filter(([figure, value]) => figures.includes(figure) && Number.isFinite(value))
          .map(([figure, value]) => [`${name}_${figure}`, value]),
      );
    },
    records: (folder, detections) =>
      [...markedRecordings(folder, annotators)].map((each) => recordRow(countAf(each, detections))),
  };
}

const HEALTHY = ['specificity', 'false_episodes_per_24h'];
const MIXED = ['sensitivity', 'specificity', 'predictivity'];

export const AF_SETS: readonly ValidationSet[] = [
  markedSet('afdb', AUDITED_FIRST, MIXED),
  markedSet('ltafdb', ATR, MIXED),
  markedSet('nsrdb', ATR, HEALTHY),
  markedSet('nsr2db', ATR, HEALTHY),
  markedSet('rr_healthy', ATR, HEALTHY),
  markedSet('chf2db', ATR, HEALTHY),
];
