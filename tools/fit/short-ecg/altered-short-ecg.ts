import { parseArgs } from 'node:util';
import { SHORT_RHYTHMS, shortEcgFeatures } from '#libs/domain/rhythm';
import { printTable, span } from '../methods/page-table.js';
import { repeatableNumbers } from '../methods/repeatable-numbers.js';
import { crossFitted, f1, likeliest, readShortEcgs, shortEcgRows } from './short-ecg-fit.js';
import { noisy, scaled, swaying, type Change } from '../methods/signal-changes.js';

/**
 * `node dist/tools/fit/short-ecg/altered-short-ecg.js [--data DIR]`: F1 of the short ECG on the cinc2017 recordings with their signal altered, by trees fitted
 * without the recording's fold, as the table of docs/clinical/rules/atrial-fibrillation.md: from the least to the most of six splits, and their mean.
 */
const { values: options } = parseArgs({ options: { data: { type: 'string', default: '../shared/data' } } });

const SEED = 2017;
/** One run of numbers goes through all recordings. */
const CHANGES: Readonly<Record<string, Change>> = {
  'as recorded': (samples) => samples,
  'white noise of 0.03 mV': noisy(0.03, repeatableNumbers(SEED)),
  'white noise of 0.05 mV': noisy(0.05, repeatableNumbers(SEED)),
  '50 Hz of 0.1 mV': swaying(50, 0.1),
  '60 Hz of 0.3 mV': swaying(60, 0.3),
  'half gain': scaled(0.5),
  'double gain': scaled(2),
  'upside down': scaled(-1),
  'first 20 s only': (samples, fs) => samples.subarray(0, 20 * fs),
};

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function main(): void {
  const recordings = readShortEcgs(options.data);
  const splits = crossFitted(shortEcgRows(recordings), recordings);
  const rows = Object.entries(CHANGES).map(([name, change]) => {
    const altered = recordings.map(({ ecg, fs }) => shortEcgFeatures(change(ecg, fs), fs));
    const said = splits.map(({ models }) => altered.map((features, i) => likeliest(models[i]!, features)));
    const scores = SHORT_RHYTHMS.map((rhythm) => said.map((each) => f1(rhythm, recordings, each)));
    return [name, ...scores.map((each) => `${span(each, 2)}, mean ${mean(each).toFixed(3)}`)];
  });
  printTable(['signal', ...SHORT_RHYTHMS.map((rhythm) => `\`${rhythm}\``)], rows);
}

main();
