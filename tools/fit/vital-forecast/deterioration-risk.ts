import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { RISK_COLUMNS, type RiskModel } from '#libs/domain/vital-forecast';
import { readStays } from '../../validate/sets/sepsis/sepsis2019-stays.js';
import { riskMoments } from '../../validate/sets/vitals/instability-ahead.js';
import { isHeldApart } from '../../validate/sets/vitals/vital-moments.js';
import { fitLogistic } from '../methods/penalised-logistic.js';

/**
 * `node dist/tools/fit/vital-forecast/deterioration-risk.js [--data DIR]`: fits the risk of deterioration on the stays that are not held apart and writes its
 * weights. Fit the vital-sign forecast first: its forecasts are read. Figures are of `npm run validate`, which scores the other stays.
 */
const { values: options } = parseArgs({ options: { data: { type: 'string', default: '../shared/data' } } });

const SETS = ['sepsis2019', 'vitals_hourly'];
const FILE = 'libs/domain/vital-forecast/src/deterioration/risk-weights.ts';
/** Strength of the pull; 0.03 changes the area under the curve by less than 0.001, and makes probabilities too even. */
const PULL = 0.01;

function main(): void {
  const stays = SETS.flatMap((set) => readStays(join(options.data, set))).filter(({ record }) => !isHeldApart(record));
  const moments = stays.flatMap(riskMoments);
  const raw = RISK_COLUMNS.map((_, j) => Float64Array.from(moments, ({ columns }) => columns[j] ?? Number.NaN));
  const averages = raw.map((column) => mean(column.filter((value) => !Number.isNaN(value))));
  const centred = raw.map((column, j) => column.map((value) => (Number.isNaN(value) ? 0 : value - averages[j]!)));
  const spreads = centred.map((column) => Math.sqrt(mean(column.map((value) => value * value))) || 1);
  const { intercept, weights } = fitLogistic({
    columns: centred.map((column, j) => column.map((value) => value / spreads[j]!)),
    truth: Uint8Array.from(moments, ({ unstableAhead }) => Number(unstableAhead)),
    rows: Int32Array.from(moments.keys()),
    // No sign of illness may lower the risk.
    least: RISK_COLUMNS.map(() => 0),
    pull: PULL,
  });
  const columns = weights.map((weight, j) => ({ weight: short(weight / spreads[j]!), average: short(averages[j]!) }));
  writeFileSync(FILE, source({ intercept: short(intercept), columns }, stays.length));
  console.log(`fitted on ${moments.length} hours of ${stays.length} stays`);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Four decimals: what is cut off moves the log-odds by less than 0.01. */
function short(value: number): number {
  return Number(value.toFixed(4));
}

function source({ intercept, columns }: RiskModel, stays: number): string {
  return `/**
 * Weights of the risk of deterioration, one line for each of \`RISK_COLUMNS\`. Written by tools/fit/vital-forecast on ${stays} stays of ${SETS.join(' and ')}
 * (PhysioNet/CinC Challenge 2019, CC BY 4.0): four in five, whole stays; figures on the fifth: docs/clinical/validation.md.
 */
import type { RiskModel } from './risk-model.js';

// oxfmt-ignore
export const RISK_MODEL: RiskModel = {
  intercept: ${intercept},
  columns: [
${columns.map(({ weight, average }) => `    { weight: ${weight}, average: ${average} },\n`).join('')}  ],
};
`;
}

main();
