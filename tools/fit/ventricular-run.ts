import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkAlarm, modelScore, RUN_LIMIT, runEvidence, type AlarmSignals, type Model } from '#libs/domain/rhythm';
import { alarmSignals, ruleOf } from '../validate/sets/cinc2015.js';
import { PackReader, readIndex } from '../validate/wfdb.js';
import { fitTrees, treesSource, type Boosting } from './boosting.js';

/**
 * `node dist/tools/fit/ventricular-run.js [--data DIR] [--write]`: fits the trees of the VT alarm check on the cinc2015 alarms, prints
 * figures cross-validated in runs of neighbouring record numbers (often the same patient) and, with --write, writes the model file.
 */
const { values: options } = parseArgs({
  options: { data: { type: 'string', default: '../shared/data' }, write: { type: 'boolean', default: false } },
});

const MODEL_FILE = 'libs/domain/rhythm/src/models/ventricular-run.ts';
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

interface Row {
  readonly alarm: number;
  readonly features: readonly number[];
  readonly isTrue: boolean;
}

/** Every alarm is also learnt from as it would look a second earlier, with noise of 0.03 mV, with a lead off and after a shorter wait. */
const COPIES: ReadonlyArray<(signals: AlarmSignals) => AlarmSignals> = [
  (signals) => signals,
  (signals) => cut(signals, 0, 1),
  (signals) => cut(signals, 10, 0),
  (signals) => ({ ...signals, ecg: signals.ecg.map(noisy) }),
  (signals) => ({ ...signals, ecg: signals.ecg.slice(1) }),
  (signals) => ({ ...signals, ecg: signals.ecg.slice(0, 1) }),
];

function cut({ fs, ecg, pulse }: AlarmSignals, start: number, end: number): AlarmSignals {
  const part = (samples: Float64Array): Float64Array => samples.subarray(start * fs, samples.length - end * fs);
  return { fs, ecg: ecg.map(part), pulse: pulse.map(part) };
}

/** Sums of twelve even numbers; repeatable (Park and Miller 1988). */
function noisy(samples: Float64Array): Float64Array {
  let state = 77;
  const next = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  return samples.map((sample) => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += next();
    return sample + 0.03 * sum;
  });
}

function fit(rows: readonly Row[]): Model {
  const width = rows[0]!.features.length;
  const columns = Array.from({ length: width }, (_, j) => Float64Array.from(rows, ({ features }) => features[j]!));
  const labels = rows.map(({ isTrue }) => Number(isTrue));
  const weights = rows.map(({ isTrue }) => (isTrue ? COST : 1));
  return fitTrees({ columns, labels, weights }, Int32Array.from(rows.keys()), GROWTH);
}

function main(): void {
  const folder = join(options.data, 'cinc2015');
  const packs = new PackReader(folder);
  const entries = readIndex(folder).toSorted((a, b) => a.record.slice(1).localeCompare(b.record.slice(1)));
  const runs = entries.filter((entry) => ruleOf(entry) === 'ventricular-tachycardia');
  const others = entries.filter((entry) => ruleOf(entry) !== 'ventricular-tachycardia');
  const rest = others.map((entry) => ({
    isTrue: entry.true === 1,
    said: checkAlarm(ruleOf(entry), alarmSignals(packs, entry)),
  }));
  const rows = runs.flatMap((entry, alarm): readonly Row[] => {
    const signals = alarmSignals(packs, entry);
    return COPIES.map((copy) => ({
      alarm,
      features: runEvidence(copy(signals)) ?? [],
      isTrue: entry.true === 1,
    })).filter(({ features }) => features.length > 0);
  });
  const plain = runs.map((_, alarm) => rows.find((row) => row.alarm === alarm));

  function print(name: string, said: readonly boolean[]): void {
    const all = [...rest, ...runs.map((entry, alarm) => ({ isTrue: entry.true === 1, said: said[alarm]! }))];
    const count = (isTrue: boolean, value: boolean, of = all): number =>
      of.filter((each) => each.isTrue === isTrue && each.said === value).length;
    const vt = all.slice(rest.length);
    const right = count(true, true) + count(false, false);
    const score = (100 * right) / (right + count(false, true) + 5 * count(true, false));
    console.log(
      `${name.padEnd(32)} VT kept ${count(true, true, vt)}, withdrawn ${count(false, false, vt)}; challenge score ${score.toFixed(1)}`,
    );
  }

  const isBelieved = (model: Model, row: Row | undefined): boolean =>
    row === undefined || modelScore(model, row.features) > RUN_LIMIT;
  for (const [folds, moved] of SPLITS) {
    const foldOf = (alarm: number): number => Math.floor((((alarm + moved) % runs.length) * folds) / runs.length);
    const models = Array.from({ length: folds }, (_, fold) => fit(rows.filter(({ alarm }) => foldOf(alarm) !== fold)));
    const said = plain.map((row, alarm) => isBelieved(models[foldOf(alarm)]!, row));
    print(`held apart, ${folds} runs, edge ${moved}`, said);
  }
  const model = fit(rows);
  print(
    'refitted on all (flatters)',
    plain.map((row) => isBelieved(model, row)),
  );
  if (options.write) writeFileSync(MODEL_FILE, source(model));
}

function source(model: Model): string {
  return `/**
 * Trees for a true ventricular run. Written by tools/fit/ventricular-run.ts, fitted on the 171 development VT alarms of CinC 2015 (ODC-By 1.0).
 * Figures: docs/clinical/rules/ventricular-tachycardia.md.
 */
import type { Model } from '../boosted-trees.js';

// prettier-ignore
export const VENTRICULAR_RUN: Model = ${treesSource(model)};
`;
}

main();
