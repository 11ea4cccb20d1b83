import { join } from 'node:path';
import { modelScore, RUN_LIMIT, runEvidence, type AlarmRule, type AlarmSignals, type Model } from '#libs/domain/rhythm';
import { alarmSignals, ruleOf } from '../../validate/sets/ecg/cinc2015.js';
import { PackReader, readIndex } from '../../validate/wfdb.js';
import { fitTrees, type Boosting } from '../methods/boosting.js';
import { repeatableNumbers } from '../methods/repeatable-numbers.js';
import { leadOff, noisy, onEcg, shortened, type AlarmChange } from '../methods/signal-changes.js';

const GROWTH: Boosting = { trees: 110, depth: 2, rate: 0.08, leastWeight: 15, l2: 3, share: 0.7 };
/** A missed true alarm costs five false ones (challenge score). */
const COST = 5;
/** Runs of record numbers, and how far their edges are moved. */
const SPLITS = [
  [8, 0],
  [8, 10],
  [6, 5],
  [10, 3],
  [12, 7],
] as const;
const NOISE_MV = 0.03;

/** Every alarm is also learnt from as it would look a second earlier, 10 s shorter, with noise (the same on both leads) and with either lead off. */
const COPIES: readonly AlarmChange[] = [
  (signals) => signals,
  shortened(0, 1),
  shortened(10, 0),
  onEcg((samples, fs) => noisy(NOISE_MV, repeatableNumbers(77))(samples, fs)),
  leadOff(0),
  leadOff(1),
];

export interface Alarm {
  readonly record: string;
  readonly rule: AlarmRule;
  readonly isTrue: boolean;
  readonly signals: AlarmSignals;
}

/** The alarms of cinc2015 by record number: neighbours are often of the same patient. */
export function readAlarms(data: string): readonly Alarm[] {
  const folder = join(data, 'cinc2015');
  const packs = new PackReader(folder);
  return readIndex(folder)
    .toSorted((a, b) => a.record.slice(1).localeCompare(b.record.slice(1)))
    .map((entry) => ({
      record: entry.record,
      rule: ruleOf(entry),
      isTrue: entry.true === 1,
      signals: alarmSignals(packs, entry),
    }));
}

interface Row {
  /** Which of the alarms. */
  readonly alarm: number;
  readonly features: readonly number[];
  readonly isTrue: boolean;
}

/** The alarms and their copies; one without a live channel has none. */
export function runRows(alarms: readonly Alarm[]): readonly Row[] {
  return alarms.flatMap(({ signals, isTrue }, alarm) =>
    COPIES.flatMap((copy): Row[] => {
      const features = runEvidence(copy(signals));
      return features === undefined ? [] : [{ alarm, features, isTrue }];
    }),
  );
}

export function fitRuns(rows: readonly Row[]): Model {
  const width = rows[0]!.features.length;
  const columns = Array.from({ length: width }, (_, j) => Float64Array.from(rows, ({ features }) => features[j]!));
  const labels = rows.map(({ isTrue }) => Number(isTrue));
  const weights = rows.map(({ isTrue }) => (isTrue ? COST : 1));
  return fitTrees({ columns, labels, weights }, Int32Array.from(rows.keys()), GROWTH);
}

export interface Split {
  readonly name: string;
  /** For each alarm the trees that were fitted without its run of record numbers, copies included. */
  readonly models: readonly Model[];
}

export function heldApart(rows: readonly Row[], alarms: number): readonly Split[] {
  return SPLITS.map(([folds, moved]) => {
    const foldOf = (alarm: number): number => Math.floor((((alarm + moved) % alarms) * folds) / alarms);
    const fitted = Array.from({ length: folds }, (_, fold) =>
      fitRuns(rows.filter(({ alarm }) => foldOf(alarm) !== fold)),
    );
    return {
      name: `${folds} runs, edge ${moved}`,
      models: Array.from({ length: alarms }, (_, alarm) => fitted[foldOf(alarm)]!),
    };
  });
}

/** As `checkAlarm` has it: with no live channel the alarm stands. */
export function isRunAccepted(model: Model, features: readonly number[] | undefined): boolean {
  return features === undefined || modelScore(model, features) > RUN_LIMIT;
}
