import { join } from 'node:path';
import {
  fitPersonal,
  PUBLIC_POPULATION,
  runArm,
  startEnsemble,
  type GlucoseReading,
  type PersonalInputs,
  type Population,
} from '#libs/domain/physiology';
import type { Detection } from '../../set.js';
import { peopleOfTable } from './people.js';
import { populationOf } from './population.js';
import { numberOf, rowsOf, type Row } from './tables.js';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
const SAMPLING_MINUTES = 5;
/** Doses and meals are sums over 5 min from the time of their row: they happened in its middle, as far as anybody knows. */
const MIDDLE_MS = 2 * MINUTE_MS;
const DRAWS = 200;
const SEED = 1;
const LEVELS = ['0.025', '0.1', '0.5', '0.9', '0.975'] as const;

/** The record to which the scenarios are counterfactual. */
export const RECORD = 'record';

/** A day of rows that were predicted, with what came where it is known. */
export function whatIfRows(folder: string): readonly Row[] {
  return rowsOf(join(folder, 'twin_whatif.csv.gz'));
}

/**
 * Predictions of the days that were never recorded: fitted to all days of `record` (sensor, doses, meals), predicted from the doses and meals of the scenario.
 * The prior of a person who is one of the public virtual people is that of the others.
 */
export function* whatIfs(folder: string): Iterable<Detection> {
  const rows = Map.groupBy(whatIfRows(folder), (row) => row['patient']!);
  for (const person of rowsOf(join(folder, 'twin_whatif_patients.csv'))) {
    const record = person['patient']!;
    const basal = numberOf(person, 'basal_u_per_h');
    const weightKg = numberOf(person, 'bw_kg');
    const byScenario = Map.groupBy(rows.get(record) ?? [], (row) => row['scenario']!);
    const recorded = byScenario.get(RECORD) ?? [];
    if (basal === null || recorded.length === 0) continue;
    const glucose = glucoseOf(recorded);
    const inputs = inputsOf(recorded, basal);
    const subject = { weightKg, ageYears: null, isPregnant: null };
    const fit = fitPersonal({
      glucose,
      inputs,
      subject,
      fittedAt: 0,
      version: 1,
      population: priorFor(record, folder),
    });
    if (fit.kind === 'refused') continue;
    for (const [scenario, day] of byScenario) {
      if (scenario === RECORD) continue;
      const from = Number(day[0]!['day']) * DAY_MINUTES * MINUTE_MS;
      const ensemble = startEnsemble({
        parameters: fit.parameters,
        subject,
        glucose,
        inputs,
        from,
        draws: DRAWS,
        seed: SEED,
      });
      if (ensemble.kind === 'refused') continue;
      const before = recorded.filter((row) => timeOf(row) < from);
      const arm = runArm(ensemble, inputsOf([...before, ...day], basal), DAY_MINUTES, SAMPLING_MINUTES);
      if (arm.kind === 'refused') continue;
      for (const row of day) {
        const minute = numberOf(row, 't_min')!;
        const values = Float64Array.from(arm.paths, (path) => path[minute / SAMPLING_MINUTES]!).sort();
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        const quantiles = Object.fromEntries(LEVELS.map((level) => [level, quantileOf(values, Number(level))]));
        yield { record, kind: 'what-if', scenario, at: minute * 60, value: mean, quantiles };
      }
    }
  }
}

function priorFor(name: string, folder: string): Population {
  if (!PUBLIC_POPULATION.people.includes(name)) return PUBLIC_POPULATION;
  const others = peopleOfTable(folder).filter(
    (person) => person.name !== name && PUBLIC_POPULATION.people.includes(person.name),
  );
  return others.length === PUBLIC_POPULATION.people.length - 1 ? populationOf(others) : PUBLIC_POPULATION;
}

function timeOf(row: Row): number {
  return (Number(row['day']) * DAY_MINUTES + Number(row['t_min'])) * MINUTE_MS;
}

function glucoseOf(rows: readonly Row[]): readonly GlucoseReading[] {
  return rows.flatMap((row) => {
    const mgPerDl = numberOf(row, 'cgm_mg_dl');
    return mgPerDl === null ? [] : [{ t: timeOf(row), mgPerDl }];
  });
}

function inputsOf(rows: readonly Row[], unitsPerHour: number): PersonalInputs {
  const given = (column: string): readonly { t: number; amount: number }[] =>
    rows.flatMap((row) => {
      const amount = numberOf(row, column) ?? 0;
      return amount > 0 ? [{ t: timeOf(row) + MIDDLE_MS, amount }] : [];
    });
  const times = rows.map(timeOf);
  return {
    boluses: given('bolus_u').map(({ t, amount }) => ({ t, units: amount })),
    carbohydrates: given('cho_g').map(({ t, amount }) => ({ t, grams: amount })),
    basal: [{ from: Math.min(...times), until: Math.max(...times) + SAMPLING_MINUTES * MINUTE_MS, unitsPerHour }],
    exercise: [],
  };
}

/** Of ascending values, with linear interpolation between them. */
function quantileOf(sorted: Float64Array, level: number): number {
  const at = level * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - below);
}
