import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { checkAlarm, runEvidence, type Model } from '#libs/domain/rhythm';
import { treesSource } from '../methods/boosting.js';
import { challengeCounts, challengeScore } from '../../validate/sets/ecg/cinc2015.js';
import { fitRuns, heldApart, isRunAccepted, readAlarms, runRows } from './ventricular-run-fit.js';

/**
 * `node dist/tools/fit/ventricular-runs/ventricular-run.js [--data DIR] [--write]`: fits the trees of the VT alarm check on the cinc2015 alarms, prints
 * figures cross-validated in runs of neighbouring record numbers (often the same patient) and, with --write, writes the model file.
 */
const { values: options } = parseArgs({
  options: { data: { type: 'string', default: '../shared/data' }, write: { type: 'boolean', default: false } },
});

const MODEL_FILE = 'libs/domain/rhythm/src/models/ventricular-run.ts';

function main(): void {
  const alarms = readAlarms(options.data);
  const runs = alarms.filter(({ rule }) => rule === 'ventricular-tachycardia');
  const rest = alarms
    .filter(({ rule }) => rule !== 'ventricular-tachycardia')
    .map(({ rule, isTrue, signals }) => ({ isTrue, said: checkAlarm(rule, signals) }));
  const rows = runRows(runs);
  const evidence = runs.map(({ signals }) => runEvidence(signals));

  function print(name: string, modelOf: (alarm: number) => Model): void {
    const vt = runs.map(({ isTrue }, i) => ({ isTrue, said: isRunAccepted(modelOf(i), evidence[i]) }));
    const { tp, tn } = challengeCounts(vt);
    const score = challengeScore(challengeCounts([...rest, ...vt]));
    console.log(`${name.padEnd(32)} VT kept ${tp}, withdrawn ${tn}; challenge score ${score.toFixed(1)}`);
  }

  for (const { name, models } of heldApart(rows, runs.length)) print(`held apart, ${name}`, (alarm) => models[alarm]!);
  const model = fitRuns(rows);
  print('refitted on all (flatters)', () => model);
  if (options.write) writeFileSync(MODEL_FILE, source(model));
}

function source(model: Model): string {
  return `/**
 * Trees for a true ventricular run. Written by tools/fit/ventricular-runs/ventricular-run.ts, fitted on the 171 development VT alarms of CinC 2015 (ODC-By 1.0).
 * Figures: docs/clinical/rules/ventricular-tachycardia.md.
 */
import type { Model } from '../signal/boosted-trees.js';

// oxfmt-ignore
export const VENTRICULAR_RUN: Model = ${treesSource(model)};
`;
}

main();
