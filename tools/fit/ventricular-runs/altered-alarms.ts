import { parseArgs } from 'node:util';
import { checkAlarm, runEvidence, type AlarmRule } from '#libs/domain/rhythm';
import { challengeCounts, challengeScore } from '../../validate/sets/ecg/cinc2015.js';
import { printTable, span } from '../methods/page-table.js';
import { repeatableNumbers } from '../methods/repeatable-numbers.js';
import {
  leadOff,
  noisy,
  noisyBySwing,
  onEcg,
  onPulse,
  scaled,
  shortened,
  swaying,
  type AlarmChange,
} from '../methods/signal-changes.js';
import { heldApart, isRunAccepted, readAlarms, runRows, type Alarm, type Split } from './ventricular-run-fit.js';

/**
 * `node dist/tools/fit/ventricular-runs/altered-alarms.js [--data DIR]`: the alarm check on the cinc2015 alarms with their signals altered, as the table of
 * docs/clinical/rules/asystole.md. Ventricular tachycardia by trees held apart in runs of record numbers: from the least to the most of five splits.
 */
const { values: options } = parseArgs({ options: { data: { type: 'string', default: '../shared/data' } } });

/** Not the seed of the copies that the trees learn from. */
const SEED = 2015;
const RULES: readonly AlarmRule[] = [
  'asystole',
  'extreme-bradycardia',
  'ventricular-fibrillation',
  'extreme-tachycardia',
];

/** One run of numbers goes through all alarms, so that no two channels have the same noise. */
const CHANGES: Readonly<Record<string, AlarmChange>> = {
  'as recorded': (signals) => signals,
  'end 0.5 s earlier': shortened(0, 0.5),
  'end 1 s earlier': shortened(0, 1),
  'end 2 s earlier (the cause is partly gone)': shortened(0, 2),
  'first second gone': shortened(1, 0),
  'first 10 s gone': shortened(10, 0),
  'white noise of 0.03 mV on ECG': onEcg(noisy(0.03, repeatableNumbers(SEED))),
  'white noise of 0.05 mV on ECG': onEcg(noisy(0.05, repeatableNumbers(SEED))),
  '50 Hz of 0.05 mV on ECG': onEcg(swaying(50, 0.05)),
  '50 Hz of 0.1 mV on ECG': onEcg(swaying(50, 0.1)),
  '50 Hz of 0.3 mV on ECG': onEcg(swaying(50, 0.3)),
  '50 Hz of 1 mV on ECG': onEcg(swaying(50, 1)),
  '49.8 Hz of 0.3 mV on ECG': onEcg(swaying(49.8, 0.3)),
  '60 Hz of 0.3 mV on ECG': onEcg(swaying(60, 0.3)),
  'wander of 0.3 mV at 0.3 Hz on ECG': onEcg(swaying(0.3, 0.3)),
  'white noise of 3 % of the swing on pulse': onPulse(noisyBySwing(0.03, repeatableNumbers(SEED))),
  'ECG upside down': onEcg(scaled(-1)),
  'ECG at half gain': onEcg(scaled(0.5)),
  'ECG at double gain': onEcg(scaled(2)),
  'first lead off': leadOff(0),
  'second lead off': leadOff(1),
  'no pulse wave': ({ fs, ecg }) => ({ fs, ecg, pulse: [] }),
};

interface Judged {
  readonly isTrue: boolean;
  readonly said: boolean;
}

function row(
  change: AlarmChange,
  others: readonly Alarm[],
  runs: readonly Alarm[],
  splits: readonly Split[],
): string[] {
  const said = others.map(({ rule, isTrue, signals }) => ({ rule, isTrue, said: checkAlarm(rule, change(signals)) }));
  const kept = RULES.map((wanted) => challengeCounts(said.filter(({ rule }) => rule === wanted)).tp);
  const evidence = runs.map(({ signals }) => runEvidence(change(signals)));
  const vt = splits.map(({ models }): readonly Judged[] =>
    runs.map(({ isTrue }, i) => ({ isTrue, said: isRunAccepted(models[i]!, evidence[i]) })),
  );
  const counts = vt.map(challengeCounts);
  return [
    ...kept.map(String),
    String(challengeCounts(said).tn),
    span(counts.map(({ tp }) => tp)),
    span(counts.map(({ tn }) => tn)),
    span(
      vt.map((each) => challengeScore(challengeCounts([...said, ...each]))),
      1,
    ),
  ];
}

function main(): void {
  const alarms = readAlarms(options.data);
  const runs = alarms.filter(({ rule }) => rule === 'ventricular-tachycardia');
  const others = alarms.filter(({ rule }) => rule !== 'ventricular-tachycardia');
  const of = (isTrue: boolean, all: readonly Alarm[]): number => all.filter((each) => each.isTrue === isTrue).length;
  const heads = RULES.map(
    (wanted) =>
      `${wanted} (${of(
        true,
        others.filter(({ rule }) => rule === wanted),
      )})`,
  );
  const withdrawn = `false withdrawn (${of(false, others)})`;
  const splits = heldApart(runRows(runs), runs.length);
  printTable(
    ['signals', ...heads, withdrawn, `VT kept (${of(true, runs)})`, `VT withdrawn (${of(false, runs)})`, 'score'],
    Object.entries(CHANGES).map(([name, change]) => [name, ...row(change, others, runs, splits)]),
  );
}

main();
