import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ar2, persistence } from '#libs/domain/forecasting';
import { fitPersonal, runArm, startEnsemble, type PersonalFit } from '#libs/domain/physiology';
import { LOOP_FORECASTS } from '../../validate/sets/cgm/diabetes-sets.js';
import { forecastRuns, type ForecastSet } from '../../validate/sets/cgm/forecast-run.js';
import { printTable } from '../methods/page-table.js';
import { personRecord, knownAt, type PersonRecord } from './person-record.js';

/**
 * `node dist/tools/fit/physiology/real-records.js [--data DIR]`: how well the model fitted to a person predicts the glucose of real people, with doses and meals up
 * to then: fitted on the newest 14 days of the rows marked train, scored on the others, beside the statistical forecast of the stream at the same moments. Prints one row a
 * record and horizon (ADR 45). The blend is of both: the weight of the personal model is the best of the first half of these moments, the error that of the second.
 */
const { values: options } = parseArgs({ options: { data: { type: 'string', default: '../shared/data' } } });

const MINUTE = 60_000;
const MINUTES = [30, 60, 120] as const;
/** Every so many readings a forecast is made. */
const EVERY = 23;
const DRAWS = 60;
/** Weight and age are not in the files: those of an adult. */
const SUBJECT = { weightKg: 75, ageYears: 40, isPregnant: false };

/** Both forecasts of one moment, mg/dL. */
interface Both {
  readonly personal: number;
  readonly statistical: number;
  readonly actual: number;
}

interface Tally {
  n: number;
  readonly both: Both[];
  personal: number;
  persistence: number;
  ar2: number;
  inside80: number;
  inside95: number;
}

function scored(
  record: PersonRecord,
  { parameters }: PersonalFit,
  statistical: ReadonlyMap<string, number>,
): ReadonlyMap<number, Tally> {
  const readings = new Map(record.glucose.map(({ t, mgPerDl }) => [t, mgPerDl]));
  const tallies = new Map<number, Tally>(
    MINUTES.map((minutes) => [
      minutes,
      { n: 0, both: [], personal: 0, persistence: 0, ar2: 0, inside80: 0, inside95: 0 },
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
      const mean = values.reduce((sum, value) => sum + value, 0) / DRAWS;
      const other = statistical.get(`${from}/${minutes}`);
      if (other !== undefined) tally.both.push({ personal: mean, statistical: other, actual });
      tally.personal += (mean - actual) ** 2;
      tally.persistence += (persistence(now) - actual) ** 2;
      tally.ar2 += (ar2(before, now, minutes) - actual) ** 2;
      tally.inside80 += isInside(0.1) ? 1 : 0;
      tally.inside95 += isInside(0.025) ? 1 : 0;
    }
  }
  return tallies;
}

/** Weight of the personal model by least squares on the first half, 0 to 1, and the errors of both and of the blend on the second half. */
function blended(both: readonly Both[]): readonly string[] {
  const half = both.length >> 1;
  let [along, across] = [0, 0];
  for (const { personal, statistical, actual } of both.slice(0, half)) {
    along += (personal - statistical) * (actual - statistical);
    across += (personal - statistical) ** 2;
  }
  const weight = Math.min(1, Math.max(0, along / across));
  const rmse = (w: number): string => {
    const rest = both.slice(half);
    const squares = rest.map((one) => (one.statistical + w * (one.personal - one.statistical) - one.actual) ** 2);
    return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / rest.length).toFixed(2);
  };
  return [weight.toFixed(2), rmse(0), rmse(weight), rmse(1)];
}

const SETS: readonly ForecastSet[] = [
  LOOP_FORECASTS,
  { name: 'azt1d', prefix: 'azt1d_', knowsBasal: true },
  { name: 't1d_uom', prefix: 't1d_uom_', knowsBasal: true },
];

function* rows(): Iterable<readonly string[]> {
  for (const set of SETS)
    for (const { file, forecasts } of forecastRuns(set, join(options.data, set.name))) {
      const statistical = new Map(forecasts.map(({ t, point }) => [`${t}/${point.minutes}`, point.mean]));
      const record = personRecord(file);
      const fit = fitPersonal({
        ...knownAt(record, record.heldApartFrom - 1),
        subject: SUBJECT,
        fittedAt: 0,
        version: 1,
      });
      if (fit.kind === 'refused') {
        yield [file.record, '–', fit.message, '', '', '', '', '', '', '', '', ''];
        continue;
      }
      for (const [minutes, { n, both, personal, persistence: held, ar2: second, inside80, inside95 }] of scored(
        record,
        fit,
        statistical,
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
          ...blended(both),
        ];
      }
    }
}

printTable(
  [
    'record',
    'min',
    'n',
    'personal',
    'persistence',
    'AR2',
    'in 80 %',
    'in 95 %',
    'weight',
    'statistical',
    'blend',
    'personal, 2nd half',
  ],
  rows(),
);
