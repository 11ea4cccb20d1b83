/** MITDB: beats and their classes from channel 0, fibrillation from the marked beats (or the own ones without an `.atr`). Scored as EC57 says: after 5 min, 150 ms. */
import { classifyBeats, findBeats } from '#libs/domain/rhythm';
import { annotationsOf, isBeat, readFirstSignal, readHeader, recordNames } from '../../wfdb.js';
import { afLines, countAf, markedBeats, markedRecordings, recordRow, scoreAf, told } from './af-scoring.js';
import type { Detection, ValidationSet } from '../../set.js';

const LEARNING_S = 300;
const TOLERANCE_S = 0.15;
const ANNOTATORS = ['atr'];
/** Marks of ventricular ectopic and escape beats; fusion and paced or unclassed beats are not counted for or against. */
const VENTRICULAR: ReadonlySet<number> = new Set([5, 10]);
const NOT_COUNTED: ReadonlySet<number> = new Set([6, 12, 13, 38]);
const FLUTTER_ON = 32;
const FLUTTER_OFF = 33;

function* detect(folder: string): Iterable<Detection> {
  for (const record of recordNames(folder)) {
    const header = readHeader(folder, record);
    const signal = readFirstSignal(folder, header);
    const beats = signal ? beatsOf(record, signal, header.fs) : [];
    yield* beats;
    const marked = markedBeats(folder, record, ANNOTATORS);
    yield* afLines(record, marked ?? beats.map(({ at }) => at));
  }
}

function beatsOf(record: string, signal: Float64Array, fs: number): readonly Detection[] {
  return classifyBeats(signal, fs, findBeats(signal, fs)).map((beat) => ({
    record,
    kind: 'beat',
    at: beat.at / fs,
    class: beat.class,
  }));
}

/** The figures of beats and of ventricular ones with every channel changed. */
export function beatFigures(
  folder: string,
  change: (samples: Float64Array, fs: number) => Float64Array,
): Readonly<Record<string, number>> {
  const detections = recordNames(folder).flatMap((record) => {
    const header = readHeader(folder, record);
    const signal = readFirstSignal(folder, header);
    return signal ? beatsOf(record, change(signal, header.fs), header.fs) : [];
  });
  return figuresOf(countBeats(folder, detections));
}

function figuresOf({ hits, missed, extra, ventricular }: BeatCounts): Readonly<Record<string, number>> {
  return {
    mitdb_qrs_sensitivity: (100 * hits) / (hits + missed),
    mitdb_qrs_predictivity: (100 * hits) / (hits + extra),
    mitdb_v_f1: (2 * ventricular.hits) / (2 * ventricular.hits + ventricular.missed + ventricular.extra),
  };
}

interface BeatCounts {
  hits: number;
  missed: number;
  extra: number;
  ventricular: { hits: number; missed: number; extra: number };
}

interface Mark {
  readonly at: number;
  readonly code: number;
}

/** Walks marks and detections in time; each mark takes at most one detection within 150 ms. */
function match(marks: readonly Mark[], found: readonly Detection[], counts: BeatCounts): void {
  let i = 0;
  let j = 0;
  while (i < marks.length || j < found.length) {
    const mark = marks[i];
    const beat = found[j];
    if (mark && beat && Math.abs(beat.at - mark.at) <= TOLERANCE_S) {
      counts.hits++;
      const said = beat.class === 'V';
      if (VENTRICULAR.has(mark.code)) counts.ventricular[said ? 'hits' : 'missed']++;
      else if (said && !NOT_COUNTED.has(mark.code)) counts.ventricular.extra++;
      i++;
      j++;
    } else if (beat && (!mark || beat.at < mark.at)) {
      counts.extra++;
      if (beat.class === 'V') counts.ventricular.extra++;
      j++;
    } else if (mark) {
      counts.missed++;
      if (VENTRICULAR.has(mark.code)) counts.ventricular.missed++;
      i++;
    }
  }
}

function countBeats(folder: string, detections: readonly Detection[]): BeatCounts {
  const counts: BeatCounts = { hits: 0, missed: 0, extra: 0, ventricular: { hits: 0, missed: 0, extra: 0 } };
  for (const record of recordNames(folder)) {
    const annotations = annotationsOf(folder, record, ANNOTATORS);
    if (!annotations) continue;
    const { fs } = readHeader(folder, record);
    const flutter = annotations
      .filter(({ code }) => code === FLUTTER_ON)
      .map(({ sample }) => ({
        from: sample / fs,
        to: (annotations.find((end) => end.code === FLUTTER_OFF && end.sample > sample)?.sample ?? Infinity) / fs,
      }));
    const counted = (at: number): boolean =>
      at >= LEARNING_S && !flutter.some(({ from, to }) => at >= from - TOLERANCE_S && at <= to + TOLERANCE_S);
    const marks = annotations.filter(isBeat).map(({ sample, code }) => ({ at: sample / fs, code }));
    match(
      marks.filter(({ at }) => counted(at)),
      detections.filter((line) => line.kind === 'beat' && line.record === record && counted(line.at)),
      counts,
    );
  }
  return counts;
}

export const mitdb: ValidationSet = {
  name: 'mitdb',
  detect,
  score(folder, detections) {
    const af = scoreAf(folder, ANNOTATORS, detections);
    return told({
      mitdb_af_sensitivity: (100 * af.truePositive) / (af.truePositive + af.falseNegative),
      mitdb_af_specificity: (100 * af.trueNegative) / (af.trueNegative + af.falsePositive),
      ...figuresOf(countBeats(folder, detections)),
    });
  },
  records: (folder, detections) =>
    [...markedRecordings(folder, ANNOTATORS)].map((each) => recordRow(countAf(each, detections))),
};
