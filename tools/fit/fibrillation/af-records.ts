import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findBeats } from '#libs/domain/rhythm';
import { markedRecordings, type AfRecording } from '../../validate/sets/ecg/af-scoring.js';
import { mimicRecordings } from '../../validate/sets/ecg/mimic-perform-af.js';
import { vitaldbRecordings } from '../../validate/sets/ecg/vitaldb-arr.js';
import { PackReader, readIndex } from '../../validate/wfdb.js';
import { madeSinus, type SinusKind } from './made-sinus.js';
import { repeatableNumbers } from '../methods/repeatable-numbers.js';

const ATR = ['atr'];
const READERS = {
  afdb: (folder: string) => markedRecordings(folder, ['qrsc', 'qrs', 'atr']),
  nsrdb: (folder: string) => markedRecordings(folder, ATR),
  mitdb: (folder: string) => markedRecordings(folder, ATR),
  ltafdb: (folder: string) => markedRecordings(folder, ATR),
  nsr2db: (folder: string) => markedRecordings(folder, ATR),
  rr_healthy: (folder: string) => markedRecordings(folder, ATR),
  vitaldb_arr: vitaldbRecordings,
  mimic_perform_af: mimicRecordings,
} as const;

export type RecordedSource = keyof typeof READERS;
export type Source = RecordedSource | SinusKind;
export const RECORDED = Object.keys(READERS) as RecordedSource[];

export interface AfRecord extends AfRecording {
  readonly source: Source;
}

export function* readAfRecords(data: string, sources: readonly RecordedSource[]): Iterable<AfRecord> {
  for (const source of sources) {
    const folder = join(data, source);
    if (existsSync(folder)) for (const recording of READERS[source](folder)) yield { source, ...recording };
  }
}

/** People of each kind with strong swings of sinus rhythm, made: all that is found in them is false. 25 min each. */
const MADE: ReadonlyArray<readonly [SinusKind, number]> = [
  ['breathing', 80],
  ['irregular breathing', 80],
  ['apnea', 60],
];

/** `seed` apart from the one of the tests, so that they show people on whom nothing was chosen. */
export function* madeRecords(seed: number): Iterable<AfRecord> {
  for (const [source, people] of MADE)
    for (let i = 0; i < people; i++)
      yield { source, record: `made ${i}`, beats: madeSinus(source, seed + 7919 * i), truth: [] };
}

/** The record with a share of its beats missed, at random. */
export function withMissed(record: AfRecord, share: number): AfRecord {
  const next = repeatableNumbers(4243);
  return { ...record, beats: record.beats.filter(() => next() >= share) };
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
