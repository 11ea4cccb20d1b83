import { afEpisodes } from '#libs/domain/rhythm';
import { annotationsOf, isBeat, readHeader, recordNames, rhythmStretches, within } from '../wfdb.js';
import type { Detection } from '../set.js';

export interface AfCounts {
  truePositive: number;
  falseNegative: number;
  trueNegative: number;
  falsePositive: number;
  /** Length of the records scored, by their last beat. */
  seconds: number;
}

/** Times of the marked beats, seconds; undefined when no annotator is there. */
export function markedBeats(
  folder: string,
  record: string,
  annotators: readonly string[],
): readonly number[] | undefined {
  const { fs } = readHeader(folder, record);
  return annotationsOf(folder, record, annotators)
    ?.filter(isBeat)
    .map(({ sample }) => sample / fs);
}

/** `af` lines of one record. */
export function afLines(record: string, beats: Iterable<number>): readonly Detection[] {
  return afEpisodes(beats).map(({ from, until }) => ({ record, kind: 'af' as const, at: from, until }));
}

/** `af` lines of every record of a folder that has marked beats. */
export function* afDetections(folder: string, annotators: readonly string[]): Iterable<Detection> {
  for (const record of recordNames(folder)) yield* afLines(record, markedBeats(folder, record, annotators) ?? []);
}

/** Beat by beat: a marked beat (but the first) inside `(AFIB` should lie in an `af` line. Records without `.atr` are left out. */
export function scoreAf(folder: string, annotators: readonly string[], detections: readonly Detection[]): AfCounts {
  const counts: AfCounts = { truePositive: 0, falseNegative: 0, trueNegative: 0, falsePositive: 0, seconds: 0 };
  for (const record of recordNames(folder)) {
    const truth = rhythmStretches(folder, record, '(AFIB', readHeader(folder, record).fs);
    const beats = markedBeats(folder, record, annotators);
    if (!truth || !beats) continue;
    counts.seconds += beats.at(-1) ?? 0;
    const found = detections
      .filter((line) => line.kind === 'af' && line.record === record)
      .map(({ at, until = at }) => ({ from: at, to: until + 1e-6 }));
    for (const beat of beats.slice(1)) {
      const said = within(found, beat);
      if (within(truth, beat)) counts[said ? 'truePositive' : 'falseNegative']++;
      else counts[said ? 'falsePositive' : 'trueNegative']++;
    }
  }
  return counts;
}

/** The metrics that can be told: without labels a share is 0 / 0, and is left out. */
export function told(metrics: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
}
