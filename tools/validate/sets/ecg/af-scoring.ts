import { afEpisodes } from '#libs/domain/rhythm';
import { annotationsOf, isBeat, readHeader, recordNames, rhythmStretches, within, type Stretch } from '../../wfdb.js';
import type { Detection, RecordRow } from '../../set.js';

/** A false episode that a ward would be notified of, seconds. */
const EPISODE_S = 120;

/** Beats of one record with what is known of its rhythm, seconds. */
export interface AfRecording {
  readonly record: string;
  readonly beats: readonly number[];
  /** Stretches marked as fibrillation. */
  readonly truth: readonly Stretch[];
  /** Beats in these count neither for nor against. */
  readonly notCounted?: readonly Stretch[];
}

export interface AfCounts {
  readonly record: string;
  truePositive: number;
  falseNegative: number;
  trueNegative: number;
  falsePositive: number;
  /** Found episodes of two minutes and more without any marked fibrillation. */
  falseEpisodes: number;
  /** Length by the last beat. */
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

/** The records of a folder with marked beats and an `.atr`, in which `(AFIB` is fibrillation. */
export function* markedRecordings(folder: string, annotators: readonly string[]): Iterable<AfRecording> {
  for (const record of recordNames(folder)) {
    const truth = rhythmStretches(folder, record, '(AFIB', readHeader(folder, record).fs);
    const beats = markedBeats(folder, record, annotators);
    if (truth && beats) yield { record, beats, truth };
  }
}

/** Beat by beat: a beat (but the first) inside marked fibrillation should lie in an `af` line. */
export function countAf(recording: AfRecording, detections: readonly Detection[]): AfCounts {
  const { record, beats, truth, notCounted = [] } = recording;
  const counts = { record, truePositive: 0, falseNegative: 0, trueNegative: 0, falsePositive: 0, falseEpisodes: 0 };
  const found = detections
    .filter((line) => line.kind === 'af' && line.record === record)
    .map(({ at, until = at }) => ({ from: at, to: until + 1e-6 }));
  for (const beat of beats.slice(1)) {
    if (within(notCounted, beat)) continue;
    const said = within(found, beat);
    if (within(truth, beat)) counts[said ? 'truePositive' : 'falseNegative']++;
    else counts[said ? 'falsePositive' : 'trueNegative']++;
  }
  const isFalse = ({ from, to }: Stretch): boolean => !truth.some((each) => each.from < to && each.to > from);
  counts.falseEpisodes = found.filter((each) => each.to - each.from >= EPISODE_S && isFalse(each)).length;
  return { ...counts, seconds: (beats.at(-1) ?? 0) - (beats[0] ?? 0) };
}

export function sumOf(all: readonly AfCounts[]): AfCounts {
  const sum = {
    record: 'all',
    truePositive: 0,
    falseNegative: 0,
    trueNegative: 0,
    falsePositive: 0,
    falseEpisodes: 0,
    seconds: 0,
  };
  for (const { record: _, ...counts } of all)
    for (const [name, value] of Object.entries(counts)) sum[name as keyof typeof counts] += value;
  return sum;
}

export function scoreAf(folder: string, annotators: readonly string[], detections: readonly Detection[]): AfCounts {
  return sumOf([...markedRecordings(folder, annotators)].map((each) => countAf(each, detections)));
}

/** `sensitivity`, `specificity`, %, and `false_episodes_per_24h`, those that can be reported. */
export function afFigures(counts: AfCounts): Readonly<Record<string, number>> {
  const { truePositive, falseNegative, trueNegative, falsePositive, falseEpisodes, seconds } = counts;
  return told({
    sensitivity: (100 * truePositive) / (truePositive + falseNegative),
    specificity: (100 * trueNegative) / (trueNegative + falsePositive),
    false_episodes_per_24h: falseEpisodes / (seconds / 86_400),
  });
}

export function recordRow(counts: AfCounts): RecordRow {
  const { record, seconds, falseEpisodes } = counts;
  const { sensitivity, specificity } = afFigures(counts);
  return { record, hours: seconds / 3600, sensitivity, specificity, falseEpisodes };
}

/** The metrics that can be reported: without labels a share is 0 / 0, and is left out. */
export function told(metrics: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
}
