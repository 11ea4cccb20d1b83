import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ar2, persistence } from '#libs/domain/forecasting';
import { fitPersonal, runArm, startEnsemble, type PersonalFit } from '#libs/domain/physiology';
import { readDiabetesFiles } from '../../validate/sets/cgm/diabetes-files.js';
import { printTable } from '../methods/page-table.js';
import { personRecord, knownAt, type PersonRecord } from './person-record.js';

/**
 * `node dist/tools/fit/physiology/real-records.js [--data DIR]`: how well the model fitted to a person predicts the glucose of real people, with doses and meals up
 * to then: fitted on the newest 14 days of the rows marked train, scored on the others. Prints one row a record and horizon (ADR 45).
 */
const { values: options } = parseArgs({ options: { data: { type: 'string', default: '../shared/data' } } });

const MINUTE = 60_000;
const MINUTES = [30, 60, 120] as const;
/** Every so many readings a forecast is made. */
const EVERY = 23;
const DRAWS = 60;
/** Weight and age are not in the files: those of an adult. */
const SUBJECT = { weightKg: 75, ageYears: 40, isPregnant: false };

interface Tally {
  n: number;
  personal: number;
  persistence: number;
  ar2: number;
  inside80: number;
  inside95: number;
}

function scored(record: PersonRecord, { parameters }: PersonalFit): ReadonlyMap<number, Tally> {
  const readings = new Map(record.glucose.map(({ t, mgPerDl }) => [t, mgPerDl]));
  const tallies = new Map(
    MINUTES.map((minutes) => [
      minutes as number,
      { n: 0, personal: 0, persistence: 0, ar2: 0, inside80: 0, inside95: 0 },
    ]),
  );
  const apart = record.glucose.filter(({ t }) => t >= record.heldApartFrom);
  for (let i = 0; i < apart.length; i += EVERY) {
    const { t: from, mgPerDl: now } = apart[i]!;
    const before = readings.get(from - 5 * MINUTE);
    const known = knownAt(record, from);
    const ensemble = startEnsemble({ parameters, subject: SUBJECT, ...known, from, draws: DRAWS, seed: 1 });
    if (before === undefined || ensemble.kind === 'refused') continue;
    const arm = runArm(ensemble, known.inputs, MINUTES.at(-1)!, 5);
    if (arm.kind === 'refused') continue;
    for (const [minutes, tally] of tallies) {
      const actual = readings.get(from + minutes * MINUTE);
      if (actual === undefined) continue;
      const values = Float64Array.from(arm.paths, (path) => path[minutes / 5]!).sort();
      const isInside = (share: number): boolean =>
        actual >= values[Math.round(share * (DRAWS - 1))]! && actual <= values[Math.round((1 - share) * (DRAWS - 1))]!;
      tally.n += 1;
      tally.personal += (values.reduce((sum, value) => sum + value, 0) / DRAWS - actual) ** 2;
      tally.persistence += (persistence(now) - actual) ** 2;
      tally.ar2 += (ar2(before, now, minutes) - actual) ** 2;
      tally.inside80 += isInside(0.1) ? 1 : 0;
      tally.inside95 += isInside(0.025) ? 1 : 0;
    }
  }
  return tallies;
}

function* rows(): Iterable<readonly string[]> {
  for (const [set, prefix] of [
    ['cgm_loop', 'loop_'],
    ['azt1d', 'azt1d_'],
  ] as const)
    for (const file of readDiabetesFiles(join(options.data, set), prefix)) {
      const record = personRecord(file);
      const fit = fitPersonal({
        ...knownAt(record, record.heldApartFrom - 1),
        subject: SUBJECT,
        fittedAt: 0,
        version: 1,
      });
      if (fit.kind === 'refused') {
        yield [file.record, '–', fit.message, '', '', '', '', ''];
        continue;
      }
      for (const [minutes, { n, personal, persistence: held, ar2: second, inside80, inside95 }] of scored(
        record,
        fit,
      )) {
        const rmse = (squares: number): string => Math.sqrt(squares / n).toFixed(1);
        const share = (inside: number): string => ((100 * inside) / n).toFixed(0);
        yield [
          file.record,
          String(minutes),
          String(n),
          rmse(personal),
          rmse(held),
          rmse(second),
          share(inside80),
          share(inside95),
        ];
      }
    }
}

printTable(['record', 'min', 'n', 'personal', 'persistence', 'AR2', 'in 80 %', 'in 95 %'], rows());
