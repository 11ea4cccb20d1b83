import { join } from 'node:path';
import { afVerdicts, findBeats, type AfDesign } from '#libs/domain/rhythm';
import { markedBeats } from '../validate/sets/af-scoring.js';
import { PackReader, readHeader, readIndex, recordNames, rhythmStretches, type Stretch } from '../validate/wfdb.js';

const SOURCES = { afdb: ['qrsc', 'qrs', 'atr'], nsrdb: ['atr'], mitdb: ['atr'] } as const;
export type Source = keyof typeof SOURCES;

export interface AfRecord {
  readonly source: Source;
  readonly record: string;
  /** Marked beats and `(AFIB` stretches, seconds. */
  readonly beats: readonly number[];
  readonly truth: readonly Stretch[];
}

export function* readAfRecords(data: string): Iterable<AfRecord> {
  for (const source of Object.keys(SOURCES) as Source[]) {
    const folder = join(data, source);
    for (const record of recordNames(folder)) {
      const beats = markedBeats(folder, record, SOURCES[source]);
      const truth = rhythmStretches(folder, record, '(AFIB', readHeader(folder, record).fs);
      if (beats && truth) yield { source, record, beats, truth };
    }
  }
}

/** One beat: is it marked as fibrillation, and the two scores it is judged by; undefined in a recording too short to be judged. */
export interface ScoredBeat {
  readonly at: number;
  readonly marked: boolean;
  readonly scores: readonly [irregularity: number, surprise: number] | undefined;
}

/** Every marked beat but the first. A beat that ends no usable interval has the scores of the one before. */
export function scoredBeats({ beats, truth }: AfRecord, design?: AfDesign): readonly ScoredBeat[] {
  const verdicts = [...afVerdicts(beats, design)];
  let v = 0;
  let t = 0;
  return beats.slice(1).map((at) => {
    while (v + 1 < verdicts.length && verdicts[v + 1]!.at <= at) v++;
    while (t + 1 < truth.length && truth[t + 1]!.from <= at) t++;
    const verdict = verdicts[v];
    const stretch = truth[t];
    return {
      at,
      marked: stretch !== undefined && at >= stretch.from && at < stretch.to,
      scores: verdict && [verdict.irregularity, verdict.surprise],
    };
  });
}

/** Beats found in the short ECGs of one label, one recording after the other: each is too short for the window alone. */
export function chainedShortEcgs(data: string, label: string): readonly number[] {
  const folder = join(data, 'cinc2017');
  const packs = new PackReader(folder);
  const times = [0];
  let end = 0;
  for (const entry of readIndex(folder)) {
    if (entry.label !== label) continue;
    const [ecg] = packs.read(entry, entry.pack ?? 'ecg.pack');
    const beats = ecg ? findBeats(ecg.values, entry.fs).map(({ at }) => at / entry.fs) : [];
    for (const at of beats.slice(1)) times.push(end + at - beats[0]!);
    end = times.at(-1)!;
  }
  return times;
}
