import { annotationsOf, isBeat, readFirstSignal, readHeader, recordNames } from '../../validate/wfdb.js';

export type BeatClass = 'N' | 'S' | 'V';

/** A beat as a detector found it, with what is to say its class; in order. */
export interface FoundBeat {
  /** Seconds since the start of the record. */
  readonly at: number;
  readonly features: readonly number[];
}

/** One found beat with the truth. */
export interface BeatCase {
  readonly features: readonly number[];
  /** What the mark says, N for a found beat without one; undefined where it counts neither for nor against (fusion, paced, flutter). */
  readonly truth: BeatClass | undefined;
  /** After the first five minutes (EC57). */
  readonly counted: boolean;
}

export interface BeatRecord {
  readonly record: string;
  readonly cases: readonly BeatCase[];
  /** Counted marks of a class that no beat was found for. */
  readonly missed: Readonly<Record<BeatClass, number>>;
}

/** WFDB codes of the EC57 groups S and V; fusion, paced and unclassed beats are left out; other beats are N. */
const SUPRAVENTRICULAR: ReadonlySet<number> = new Set([4, 7, 8, 9]);
const VENTRICULAR: ReadonlySet<number> = new Set([5, 10]);
const LEFT_OUT: ReadonlySet<number> = new Set([6, 12, 13, 38]);
const FLUTTER_ON = 32;
const FLUTTER_OFF = 33;
const LEARNING_S = 300;
const TOLERANCE_S = 0.15;

/** The beats that `found` finds in channel 0 of every record, with what the marks say. */
export function readBeatRecords(
  folder: string,
  found: (signal: Float64Array, fs: number) => readonly FoundBeat[],
): readonly BeatRecord[] {
  return recordNames(folder).flatMap((record) => {
    const header = readHeader(folder, record);
    const signal = readFirstSignal(folder, header);
    return signal ? [beatRecord(folder, record, header.fs, found(signal, header.fs))] : [];
  });
}

function beatRecord(folder: string, record: string, fs: number, beats: readonly FoundBeat[]): BeatRecord {
  const annotations = annotationsOf(folder, record, ['atr']) ?? [];
  const flutter = annotations
    .filter(({ code }) => code === FLUTTER_ON)
    .map(({ sample }) => ({
      from: sample / fs - TOLERANCE_S,
      to:
        (annotations.find((end) => end.code === FLUTTER_OFF && end.sample > sample)?.sample ?? Infinity) / fs +
        TOLERANCE_S,
    }));
  const inFlutter = (at: number): boolean => flutter.some(({ from, to }) => at >= from && at <= to);
  const marks = annotations
    .filter((each) => isBeat(each) && !inFlutter(each.sample / fs))
    .map(({ sample, code }) => ({ at: sample / fs, group: groupOf(code) }));
  const missed = { N: 0, S: 0, V: 0 };
  let next = 0;
  const cases = beats.map(({ at: seconds, features }): BeatCase => {
    const counted = seconds >= LEARNING_S;
    if (inFlutter(seconds)) return { features, truth: undefined, counted };
    for (; next < marks.length && marks[next]!.at < seconds - TOLERANCE_S; next++) {
      const { at: passed, group } = marks[next]!;
      if (group && passed >= LEARNING_S) missed[group]++;
    }
    const mark = marks[next];
    if (!mark || mark.at > seconds + TOLERANCE_S) return { features, truth: 'N', counted };
    next++;
    return { features, truth: mark.group, counted };
  });
  for (const { at, group } of marks.slice(next)) if (group && at >= LEARNING_S) missed[group]++;
  return { record, cases, missed };
}

function groupOf(code: number): BeatClass | undefined {
  if (LEFT_OUT.has(code)) return undefined;
  if (VENTRICULAR.has(code)) return 'V';
  return SUPRAVENTRICULAR.has(code) ? 'S' : 'N';
}
