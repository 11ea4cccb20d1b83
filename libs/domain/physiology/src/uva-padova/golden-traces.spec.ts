import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { basalUnitsPerHour, type UvaPadovaParameters } from './parameters.js';
import { UVA_PADOVA, type UvaPadovaState } from './simulation.js';

/** Traces of an eighth-order integration with error control (simglucose form); the project stands without them. */
const FOLDER = join(process.env['HOMEOSTAT_DATA'] ?? '../shared/data', 'simglucose');

type Row = Readonly<Record<string, string>>;

function table(text: string): readonly Row[] {
  const [head = '', ...lines] = text.trim().split(/\r?\n/);
  const names = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i]!, cell])));
}

interface Scenario {
  readonly meals_min_g: readonly (readonly [number, number])[];
  readonly boluses_min_U: string | readonly (readonly [number, number])[];
  readonly length_min: number;
}

const NAMES =
  'BW EGPb Gb Ib kabs kmax kmin b d f Vg Vi k1 k2 Vm0 Vmx Km0 p2u Fsnc ke1 ke2 kp1 kp2 kp3 ki m1 m2 m4 m30 ka1 ka2 kd ksc u2ss'.split(
    ' ',
  );

function personOf(row: Row): UvaPadovaParameters {
  return Object.fromEntries(NAMES.map((name) => [name, Number(row[name])])) as unknown as UvaPadovaParameters;
}

const recordings = existsSync(FOLDER) ? describe : describe.skip;

recordings('golden traces of UVA/Padova', () => {
  const read = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');
  const people = existsSync(FOLDER) ? table(read('vpatient_params.csv')) : [];
  const { scenarios } = existsSync(FOLDER)
    ? (JSON.parse(read('golden_scenarios.json')) as { scenarios: Record<string, Scenario> })
    : { scenarios: {} };

  it('are met within 0.05 mg/dL by every patient in every scenario', () => {
    const ratios = new Map(table(read('Quest.csv')).map((row) => [row['Name']!, Number(row['CR'])]));
    const traces = Map.groupBy(
      table(gunzipSync(readFileSync(join(FOLDER, 'golden_traces.csv.gz'))).toString()),
      (row) => `${row['patient']} ${row['scenario']}`,
    );
    const far: string[] = [];
    let compared = 0;
    for (const row of people)
      for (const [name, { meals_min_g: meals, boluses_min_U: given, length_min: length }] of Object.entries(
        scenarios,
      )) {
        const person = personOf(row);
        const boluses =
          typeof given === 'string'
            ? meals.map(([t, grams]) => [t, grams / ratios.get(row['Name']!)!] as const)
            : given;
        const expected = new Map(
          traces.get(`${row['Name']} ${name}`)!.map((each) => [Number(each['t_min']), Number(each['Gsub_mg_dl'])]),
        );
        let state = UVA_PADOVA.init(person) as UvaPadovaState;
        for (let t = 0; t <= length; t += 1) {
          const trace = expected.get(t);
          if (trace !== undefined) {
            compared += 1;
            const off = Math.abs(UVA_PADOVA.observe(person, state)['glucose']! - trace);
            if (!(off <= 0.05)) far.push(`${row['Name']} ${name} ${t}: ${off}`);
          }
          const inputs = {
            carbohydrates: meals.find(([at]) => at === t)?.[1] ?? 0,
            bolus: boluses.find(([at]) => at === t)?.[1] ?? 0,
            basal: basalUnitsPerHour(person),
          };
          state = UVA_PADOVA.step(person, state, inputs, 1) as UvaPadovaState;
        }
      }
    expect(far).toEqual([]);
    expect(compared).toBe(8700);
  });
});
