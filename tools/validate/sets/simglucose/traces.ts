import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { basalUnitsPerHour, UVA_PADOVA } from '#libs/domain/physiology';
import type { Detection } from '../../set.js';
import { peopleOfTable } from './people.js';
import { numberOf, rowsOf } from './tables.js';

/** As `golden_scenarios.json` has it; boluses as text: grams over the carbohydrate ratio of `Quest.csv`, at the meals. */
interface Scenario {
  readonly meals_min_g: readonly (readonly [minute: number, grams: number])[];
  readonly boluses_min_U: string | readonly (readonly [minute: number, units: number])[];
  readonly length_min: number;
}

const SAMPLING_MINUTES = 5;

/** Simulated glucose under the skin of every person in every scenario, each 5 min. */
export function* traces(folder: string): Iterable<Detection> {
  const path = join(folder, 'golden_scenarios.json');
  if (!existsSync(path)) return;
  const { scenarios } = JSON.parse(readFileSync(path, 'utf8')) as { scenarios: Readonly<Record<string, Scenario>> };
  const ratios = new Map(rowsOf(join(folder, 'Quest.csv')).map((row) => [row['Name']!, numberOf(row, 'CR')]));
  for (const { name: record, parameters } of peopleOfTable(folder))
    for (const [scenario, { meals_min_g: meals, boluses_min_U: given, length_min: length }] of Object.entries(
      scenarios,
    )) {
      const ratio = ratios.get(record) ?? null;
      if (typeof given === 'string' && ratio === null) continue;
      const boluses = typeof given === 'string' ? meals.map(([at, grams]) => [at, grams / ratio!] as const) : given;
      const first = UVA_PADOVA.init(parameters);
      if ('kind' in first) continue;
      let state = first;
      for (let minute = 0; minute <= length; minute += 1) {
        if (minute % SAMPLING_MINUTES === 0)
          yield {
            record,
            kind: 'trace',
            scenario,
            at: minute * 60,
            value: UVA_PADOVA.observe(parameters, state)['glucose']!,
          };
        const inputs = {
          carbohydrates: totalAt(meals, minute),
          bolus: totalAt(boluses, minute),
          basal: basalUnitsPerHour(parameters),
        };
        const after = UVA_PADOVA.step(parameters, state, inputs, 1);
        if ('kind' in after) break;
        state = after;
      }
    }
}

function totalAt(events: readonly (readonly [number, number])[], minute: number): number {
  return events.reduce((sum, [at, amount]) => (Math.floor(at) === minute ? sum + amount : sum), 0);
}
