import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { basalUnitsPerHour, UVA_PADOVA, VIRTUAL_PEOPLE, type UvaPadovaState } from '#libs/domain/physiology';
import type { Detection } from '../../set.js';
import { simglucose } from './simglucose.js';

const PERSON = VIRTUAL_PEOPLE['adult-sensitive'];
const MEALS = new Map([
  [430, [45, 3]],
  [750, [65, 5]],
  [1115, [70, 4]],
]);

/** A day of rows of 5 min; `bolus` multiplies the doses. */
function day(from: ReturnType<typeof UVA_PADOVA.init>, bolus: number) {
  if ('kind' in from) throw new Error(from.message);
  let state = from;
  const rows: { minute: number; truth: number; grams: number; units: number }[] = [];
  for (let minute = 0; minute < 1440; minute += 1) {
    const [grams, usual] = MEALS.get(minute) ?? [0, 0];
    const units = usual! * bolus;
    if (minute % 5 === 0)
      rows.push({ minute, truth: UVA_PADOVA.observe(PERSON, state)['glucose']!, grams: grams!, units });
    const inputs = { carbohydrates: grams!, bolus: units, basal: basalUnitsPerHour(PERSON) };
    state = UVA_PADOVA.step(PERSON, state, inputs, 1) as UvaPadovaState;
  }
  return { state, rows };
}

describe('the set simglucose', () => {
  const folder = mkdtempSync(join(tmpdir(), 'simglucose-'));
  let detections: readonly Detection[] = [];

  beforeAll(() => {
    const names = Object.keys(PERSON);
    writeFileSync(
      join(folder, 'vpatient_params.csv'),
      `Name,${names.join(',')}\nsomebody#1,${Object.values(PERSON).join(',')}\n`,
    );
    writeFileSync(join(folder, 'Quest.csv'), 'Name,CR\nsomebody#1,14\n');
    const scenarios = {
      rest: { meals_min_g: [], boluses_min_U: [], length_min: 60 },
      meal: { meals_min_g: [[10, 40]], boluses_min_U: 'grams/CR of Quest.csv at the same minute', length_min: 60 },
    };
    writeFileSync(join(folder, 'golden_scenarios.json'), JSON.stringify({ scenarios }));
    writeFileSync(
      join(folder, 'twin_whatif_patients.csv'),
      `patient,bw_kg,basal_u_per_h,cr_g_per_u,cf\nsomebody#1,${PERSON.BW},${basalUnitsPerHour(PERSON)},14,40\n`,
    );
    const lines = ['patient,scenario,day,t_min,cgm_mg_dl,true_gsub_mg_dl,cho_g,bolus_u'];
    let before = UVA_PADOVA.init(PERSON);
    let last = before;
    for (let index = 0; index < 3; index += 1) {
      last = before;
      const { state, rows } = day(before, index === 1 ? 0.7 : 1.1);
      // An even wobble in place of noise.
      for (const [i, { minute, truth, grams, units }] of rows.entries())
        lines.push(`somebody#1,record,${index},${minute},${(truth + 2 * Math.sin(i)).toFixed(1)},,${grams},${units}`);
      before = state;
    }
    for (const { minute, grams, units } of day(last, 0.5).rows)
      lines.push(`somebody#1,half,2,${minute},,,${grams},${units}`);
    writeFileSync(join(folder, 'twin_whatif.csv.gz'), gzipSync(`${lines.join('\n')}\n`));
    detections = [...simglucose.detect(folder)];
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('has a trace of every person in every scenario, each 5 min from 0', () => {
    const traces = detections.filter(({ kind }) => kind === 'trace');
    expect(traces.map(({ scenario, at }) => `${scenario} ${at}`)).toEqual(
      ['rest', 'meal'].flatMap((name) => Array.from({ length: 13 }, (_, i) => `${name} ${i * 300}`)),
    );
    expect(traces[0]).toMatchObject({ record: 'somebody#1', value: PERSON.Gb });
    expect(Number(traces.at(-1)!.value)).toBeGreaterThan(PERSON.Gb + 5);
  });

  it('predicts the days that were not recorded, with bands, near what the person would have had', () => {
    const predicted = detections.filter(({ kind }) => kind === 'what-if');
    expect(predicted).toHaveLength(288);
    let last = UVA_PADOVA.init(PERSON);
    for (const bolus of [1.1, 0.7]) last = day(last, bolus).state;
    const truths = day(last, 0.5).rows.map(({ truth }) => truth);
    const off = predicted.map(({ value }, i) => Math.abs(Number(value) - truths[i]!) / truths[i]!);
    expect(off.reduce((sum, each) => sum + each, 0) / off.length).toBeLessThan(0.04);
    for (const { scenario, at, quantiles } of predicted) {
      expect(scenario).toBe('half');
      expect(at % 300).toBe(0);
      expect(Object.keys(quantiles!)).toEqual(['0.025', '0.1', '0.5', '0.9', '0.975']);
      expect(Object.values(quantiles!)).toEqual(Object.values(quantiles!).toSorted((a, b) => a - b));
    }
  });

  it('gives no figure where the truth is not there', () => {
    expect(simglucose.score(folder, detections)).toEqual({});
  });
});
