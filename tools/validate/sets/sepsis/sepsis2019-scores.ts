import {
  mews,
  news2,
  qsofa,
  shockIndex,
  sirs,
  type Score,
  type ScoreContext,
  type ScoreName,
  type ScoreRefusal,
  type Vitals,
} from '#libs/domain/deterioration';
import type { Stay } from './sepsis2019-stays.js';

type NumericVital = Exclude<keyof Vitals, 'consciousness' | 'onOxygen'>;

/** Columns the scores read, with what can be: an artefact leaves the value before it in place. Limits: docs/clinical/plausibility.md. */
const COLUMNS: ReadonlyArray<readonly [column: string, name: NumericVital, least: number, most: number]> = [
  ['Resp', 'respiratoryRate', 2, 80],
  ['O2Sat', 'oxygenSaturation', 40, 100],
  ['SBP', 'systolicPressure', 10, 300],
  ['HR', 'heartRate', 10, 300],
  ['Temp', 'temperature', 25, 45],
  ['PaCO2', 'paco2', 5, 200],
  ['WBC', 'whiteCells', 0, 500],
];
/** Room air; lower fractions are artefacts. */
const AIR = 0.21;

/** What the file says where nothing is known: no points; of the shock index, which has no partial one, the upper end of normal. */
const NOTHING_KNOWN: Readonly<Record<ScoreName, number>> = {
  news2: 0,
  mews: 0,
  qsofa: 0,
  sirs: 0,
  'shock-index': 0.7,
};

const SCORES: ReadonlyArray<readonly [ScoreName, (vitals: Vitals, context: ScoreContext) => Score | ScoreRefusal]> = [
  ['news2', news2],
  ['mews', mews],
  ['qsofa', qsofa],
  ['sirs', sirs],
  ['shock-index', shockIndex],
];

/** Bedside scores row by row from the last known values, however old. Nobody's consciousness is in the data: all totals are partial. */
export function bedsideScores(stay: Stay): ReadonlyArray<ReadonlyArray<readonly [rule: ScoreName, value: number]>> {
  let vitals: Vitals = {};
  return stay.rows.map(({ values }) => {
    for (const [column, name, least, most] of COLUMNS) {
      const value = values.get(column);
      if (value !== undefined && value >= least && value <= most) vitals = { ...vitals, [name]: value };
    }
    const oxygen = values.get('FiO2');
    if (oxygen !== undefined && oxygen >= AIR) vitals = { ...vitals, onOxygen: oxygen > AIR };
    const age = values.get('Age');
    return SCORES.map(([rule, score]) => {
      const said = score(vitals, age === undefined ? {} : { ageYears: age });
      return [rule, said.kind === 'score' ? said.total : NOTHING_KNOWN[rule]] as const;
    });
  });
}
