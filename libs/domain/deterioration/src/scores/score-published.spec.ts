import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { mews, news2, qsofa, shockIndex, sirs, type Score, type ScoreRefusal, type Vitals } from '../index.js';

/** Tests of the openEHR guidelines (gdl-lang/common-clinical-models, Apache-2.0); the project stands without them. */
const FOLDER = join(process.env['HOMEOSTAT_DATA'] ?? '../shared/data', 'gdl_scores');

const BANDS: readonly Score['band'][] = ['low', 'low-medium', 'medium', 'high'];

/** One case: inputs and expected outputs, label to text. */
interface Case {
  readonly id: string;
  readonly given: ReadonlyMap<string, string>;
  readonly expected: ReadonlyMap<string, string>;
}

function casesOf(file: string): readonly Case[] {
  const path = join(FOLDER, file);
  if (!existsSync(path)) return [];
  const [, ...blocks] = readFileSync(path, 'utf8').split(/^ *- id: /m);
  return blocks.map((block) => {
    const [given = '', expected = ''] = block.split('expected_output:');
    const pairs = (text: string) =>
      new Map([...text.matchAll(/gt\d+\|(.+?): (.+)$/gm)].map((m) => [m[1]!.replace(/['|]+$/, '').trim(), m[2]!]));
    return { id: block.split('\n')[0]!.trim(), given: pairs(given), expected: pairs(expected) };
  });
}

function startingWith(values: ReadonlyMap<string, string>, ...starts: readonly string[]): string | undefined {
  return [...values].find(([label]) => starts.some((start) => label.startsWith(start)))?.[1];
}

/** The leading number of a quantity (`37,Cel`) or of a coded ordinal (`2|local::at0019|...|`); null: not in the case. */
function numeric(values: ReadonlyMap<string, string>, ...starts: readonly string[]): number | null {
  const text = startingWith(values, ...starts);
  return text === undefined ? null : Number.parseFloat(text);
}

function total(said: Score | ScoreRefusal): number | string {
  return said.kind === 'score' ? said.total : said.detail;
}

function vitalsOf({ given }: Case): Vitals {
  const word = startingWith(given, 'AVPU')?.split('|')[1];
  const isAlert = numeric(given, 'Consciousness') === 0;
  const level = word === undefined ? (isAlert ? 'A' : 'C') : (word[0] as 'A' | 'V' | 'P' | 'U');
  const oxygen = numeric(given, 'Supplemental oxygen');
  return {
    respiratoryRate: numeric(given, 'Respiration rate'),
    oxygenSaturation: numeric(given, 'spO2'),
    onOxygen: oxygen === null ? null : oxygen > 0,
    systolicPressure: numeric(given, 'Systolic'),
    heartRate: numeric(given, 'Heart rate', 'Pulse', 'Rate'),
    temperature: numeric(given, 'Temperature', 'Body temperature'),
    consciousness: level,
  };
}

/** A criterion that is given as present or absent, put into a value on its side of the limit. */
function criterion(values: ReadonlyMap<string, string>, start: string, present: number, absent: number): number {
  return numeric(values, start) === 1 ? present : absent;
}

function check(file: string, count: number, saidAndExpected: (one: Case) => readonly [unknown, unknown]): void {
  const cases = casesOf(file);
  if (existsSync(FOLDER)) expect(cases).toHaveLength(count);
  for (const one of cases) {
    const [said, expected] = saidAndExpected(one);
    expect([one.id, said]).toEqual([one.id, expected]);
  }
}

describe('published test cases', () => {
  it('NEWS2: totals, bands and points of each input', () => {
    check('NEWS2.v1.test.yml', 19, (one) => {
      const context = numeric(one.given, 'Hypercapnic') === 1 ? { scale2Decision: { by: 'case', at: 0 } } : {};
      const said = news2(vitalsOf(one), context);
      const pointsOf = (name: string) =>
        said.kind === 'score' ? said.contributions.find((part) => part.name === name)?.points : undefined;
      const labels = { heartRate: 'Pulse', temperature: 'Temp', systolicPressure: 'Systolic', respiratoryRate: 'Resp', oxygenSaturation: 'SpO2' }; // oxfmt-ignore
      const parts = Object.entries(labels);
      return [
        [total(said), said.kind === 'score' ? BANDS.indexOf(said.band) : -1, ...parts.map(([name]) => pointsOf(name))],
        [
          numeric(one.expected, 'Total score'),
          numeric(one.expected, 'Clinical risk'),
          ...parts.map(([, label]) => numeric(one.expected, label)),
        ],
      ];
    });
  });

  it.each([
    ['MEWS.v1.1.test.yml', 6],
    ['MEWS.v1.2.test.yml', 7],
  ])('MEWS, %s: totals without the points of urine, which the paper does not have', (file, count) => {
    check(file, count, (one) => [
      total(mews(vitalsOf(one))),
      numeric(one.expected, 'Total score')! - (numeric(one.expected, 'Urine') ?? 0),
    ]);
  });

  it.each([
    ['qSOFA.v1.test.yml', 4, 'Altered'],
    ['Quick_SOFA_guideline.v1.test.yml', 2, 'Altered'],
  ])('qSOFA, %s', (file, count, altered) => {
    check(file, count, ({ given, expected }) => {
      const vitals = {
        gcs: criterion(given, altered, 14, 15),
        respiratoryRate: criterion(given, 'Resp', 22, 21),
        systolicPressure: criterion(given, 'Systolic', 100, 101),
      };
      return [total(qsofa(vitals)), numeric(expected, 'Total Score', 'qSOFA Score')];
    });
  });

  it('SIRS', () => {
    check('SIRS_Sepsis_Septic_Shock_Criteria_guideline.v1.test.yml', 6, ({ given, expected }) => {
      const vitals = {
        temperature: criterion(given, 'Temp', 38.1, 38),
        heartRate: criterion(given, 'Heart', 91, 90),
        respiratoryRate: criterion(given, 'Resp', 21, 20),
        whiteCells: criterion(given, 'WBC', 12.1, 12),
      };
      return [total(sirs(vitals)), numeric(expected, 'Total score')];
    });
  });

  it('shock index, to the two decimals that are printed', () => {
    check('Shock_Index.v1.test.yml', 3, (one) => {
      const said = total(shockIndex(vitalsOf(one)));
      return [Number(said).toFixed(2), numeric(one.expected, 'Shock Index')?.toFixed(2)];
    });
  });
});
