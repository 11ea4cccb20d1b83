import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { beatFigures } from '../../validate/sets/ecg/mitdb.js';
import { printTable } from '../methods/page-table.js';
import { repeatableNumbers } from '../methods/repeatable-numbers.js';
import { noisy, scaled, swaying, type Change } from '../methods/signal-changes.js';

/**
 * `node dist/tools/fit/beats/altered-beats.js [--data DIR]`: beats and ventricular beats of MITDB, channel 0, with the signal altered, as the table of
 * docs/clinical/rules/ectopy.md. The classes are the shipped ones, fitted on these records.
 */
const { values: options } = parseArgs({ options: { data: { type: 'string', default: '../shared/data' } } });

const CHANGES: Readonly<Record<string, Change>> = {
  'as recorded': (samples) => samples,
  '50 Hz of 0.05 mV': swaying(50, 0.05),
  '50 Hz of 0.1 mV': swaying(50, 0.1),
  '50 Hz of 0.3 mV': swaying(50, 0.3),
  '60 Hz of 0.3 mV': swaying(60, 0.3),
  'white noise of 0.05 mV': noisy(0.05, repeatableNumbers(48)),
  'half gain': scaled(0.5),
  'double gain': scaled(2),
  'upside down': scaled(-1),
};

const rows = Object.entries(CHANGES).map(([name, change]) => {
  const {
    mitdb_qrs_sensitivity: found,
    mitdb_qrs_predictivity: right,
    mitdb_v_f1: f1,
  } = beatFigures(join(options.data, 'mitdb'), change);
  return [name, `${found!.toFixed(2)} %`, `${right!.toFixed(2)} %`, f1!.toFixed(3)];
});
printTable(['signal', 'beats, sensitivity', 'beats, predictivity', 'ventricular, F1 (flatters)'], rows);
