import { fitPersonal, runArm, startEnsemble, type PersonalFit } from '#libs/domain/physiology';
import { cpuMilliseconds, summary } from './measured.js';
import { virtualRecord, type VirtualRecord } from './virtual-record.js';

const HOUR = 3_600_000;

/** What the model fitted to a person costs: a fit of 14 days, a fit that starts from an earlier one, and a what-if of 6 h with 100 draws and two arms. */
export function personalGlucose(): readonly string[] {
  const records = Array.from({ length: 5 }, (_, i) => virtualRecord(14, i + 1));
  const fits = records.map((record) => fitted(record));
  return [
    `fit of 14 days: ${summary(cpuMilliseconds(records.length, (run) => void fitted(records[run]!)))} of CPU`,
    `fit of 14 days from an earlier one: ${summary(cpuMilliseconds(records.length, (run) => void fitted(records[run]!, fits[run])))} of CPU`,
    `what-if of 6 h, 100 draws, two arms: ${summary(cpuMilliseconds(20, (run) => whatIf(records[run % 5]!, fits[run % 5]!), 5))} of CPU`,
  ];
}

function fitted({ glucose, inputs, weightKg }: VirtualRecord, previous?: PersonalFit): PersonalFit {
  const fit = fitPersonal({
    glucose,
    inputs,
    subject: { weightKg, ageYears: 40, isPregnant: false },
    previous: previous?.parameters,
    fittedAt: 0,
    version: 1,
  });
  if (fit.kind === 'refused') throw new Error(fit.message);
  return fit;
}

function whatIf({ glucose, inputs, weightKg }: VirtualRecord, { parameters }: PersonalFit): void {
  const from = 13 * 24 * HOUR + 12.6 * HOUR;
  const subject = { weightKg, ageYears: 40, isPregnant: false };
  const ensemble = startEnsemble({ parameters, subject, glucose, inputs, from, draws: 100, seed: 1 });
  if (ensemble.kind === 'refused') throw new Error(ensemble.message);
  const less = { ...inputs, boluses: inputs.boluses.map(({ t, units }) => ({ t, units: 0.7 * units })) };
  for (const arm of [inputs, less]) {
    const paths = runArm(ensemble, arm, 360, 5);
    if (paths.kind === 'refused') throw new Error(paths.message);
  }
}
