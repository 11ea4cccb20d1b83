import { join } from 'node:path';
import { stepWave, type AlarmSignals, type Model, type StreamedRun, type WaveState } from '#libs/domain/rhythm';
import { readFirstSignal, readHeader, recordNames, type Stretch } from '../../validate/wfdb.js';
import { fitTrees, type Boosting } from '../methods/boosting.js';
import { markedRuns } from './marked-runs.js';
import type { AlarmChange } from '../methods/signal-changes.js';
import { readAlarms } from './ventricular-run-fit.js';
import { streamSeconds } from './wave-stream.js';

const GROWTH: Boosting = { trees: 150, depth: 2, rate: 0.08, leastWeight: 40, l2: 3, share: 0.7 };
/** A second of a true run counts as five of others. */
const COST = 5;
/** Runs of record numbers, and how far their edges are moved. */
const SPLITS = [
  [8, 0],
  [8, 10],
  [6, 5],
  [10, 3],
  [12, 7],
] as const;
/** The cause of an alarm lies in the last seconds of its recording. */
export const CAUSE_S = 16;
/** A marked run is seen from its third second to the last in which it can be found. */
const SEEN_S = [2, 5] as const;
/** Long ventricular flutter, marked as such and not as beats. */
const FLUTTER = '207';

/** How an alarm's signals are streamed: as they came, without pulse waves, without the first lead, and the first lead alone. */
export const COPIES: readonly AlarmChange[] = [
  (signals) => signals,
  ({ fs, ecg }) => ({ fs, ecg, pulse: [] }),
  ({ fs, ecg, pulse }) => ({ fs, ecg: ecg.slice(1), pulse }),
  ({ fs, ecg }) => ({ fs, ecg: ecg.slice(0, 1), pulse: [] }),
];

/** A run that the stream had to judge at the end of a second. */
export interface RunSecond extends StreamedRun {
  /** Which of COPIES. */
  readonly copy: number;
  /** Seconds from the recording's start. */
  readonly at: number;
  /** Undefined where it is not known: before the cause of a true alarm, in fibrillation and flutter. */
  readonly isTrue: boolean | undefined;
}

export interface RunRecord {
  readonly kind: 'true-alarm' | 'false-alarm' | 'other-alarm' | 'mitdb';
  readonly until: number;
  readonly marked: readonly Stretch[];
  readonly seconds: readonly RunSecond[];
}

/** The alarms of cinc2015 by record number, then the records of MITDB, channel 0. */
export function readRunRecords(data: string): readonly RunRecord[] {
  const alarms = readAlarms(data).map(({ rule, isTrue, signals }): RunRecord => {
    const until = Math.floor((signals.ecg[0]?.length ?? 0) / signals.fs);
    const isOwn = rule === 'ventricular-tachycardia';
    const truthOf = (at: number): boolean | undefined => {
      if (!isTrue) return false;
      if (isOwn) return at >= until - CAUSE_S || undefined;
      return rule === 'ventricular-fibrillation' ? undefined : false;
    };
    const seconds = COPIES.flatMap((copy, i) => runSeconds(copy(signals), i, truthOf));
    return { kind: isOwn ? (isTrue ? 'true-alarm' : 'false-alarm') : 'other-alarm', until, marked: [], seconds };
  });
  const folder = join(data, 'mitdb');
  const records = recordNames(folder).flatMap((record): RunRecord[] => {
    const { fs, ...header } = readHeader(folder, record);
    const signal = readFirstSignal(folder, { fs, ...header });
    if (signal === undefined) return [];
    const marked = markedRuns(folder, record, fs);
    const truthOf = (at: number): boolean | undefined =>
      record === FLUTTER ? undefined : marked.some(({ from, to }) => at >= from + SEEN_S[0] && at <= to + SEEN_S[1]);
    const seconds = runSeconds({ fs, ecg: [signal], pulse: [] }, 0, truthOf);
    return [{ kind: 'mitdb', until: signal.length / fs, marked, seconds }];
  });
  return [...alarms, ...records];
}

function runSeconds(
  signals: AlarmSignals,
  copy: number,
  truthOf: (at: number) => boolean | undefined,
): readonly RunSecond[] {
  let state: WaveState | null = null;
  const seconds: RunSecond[] = [];
  for (const { second, chunks } of streamSeconds(signals)) {
    const at = second + 1;
    for (const chunk of chunks) {
      const step = stepWave(state, chunk);
      state = step.state;
      seconds.push(...step.runs.map((run) => ({ ...run, copy, at, isTrue: truthOf(at) })));
    }
  }
  return seconds;
}

export function fitStreamRuns(records: readonly RunRecord[]): Model {
  const rows = records.flatMap(({ seconds }) => seconds.filter(({ isTrue }) => isTrue !== undefined));
  const width = rows[0]!.features.length;
  const columns = Array.from({ length: width }, (_, j) => Float64Array.from(rows, ({ features }) => features[j]!));
  const labels = rows.map(({ isTrue }) => Number(isTrue));
  const weights = rows.map(({ isTrue }) => (isTrue ? COST : 1));
  return fitTrees({ columns, labels, weights }, Int32Array.from(rows.keys()), GROWTH);
}

/** For each record the trees that were fitted without its run of record numbers, copies included. */
export function streamRunsApart(
  records: readonly RunRecord[],
): ReadonlyArray<{ readonly name: string; readonly models: readonly Model[] }> {
  const alarms = records.filter(({ kind }) => kind !== 'mitdb').length;
  return SPLITS.map(([folds, moved]) => {
    const foldOf = (i: number): number =>
      i < alarms ? Math.floor((((i + moved) % alarms) * folds) / alarms) : (i - alarms) % folds;
    const fitted = Array.from({ length: folds }, (_, fold) =>
      fitStreamRuns(records.filter((__, i) => foldOf(i) !== fold)),
    );
    return { name: `${folds} runs, edge ${moved}`, models: records.map((_, i) => fitted[foldOf(i)]!) };
  });
}
