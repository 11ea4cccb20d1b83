/** People with type 1 diabetes: glucose forecast from readings, doses and meals (AZT1D, T1D-UOM; LOOP is in `cgm-loop.ts`). */
import type { ValidationSet } from '../../set.js';
import { told } from '../ecg/af-scoring.js';
import { forecastLines, forecastRuns, type ForecastSet } from './forecast-run.js';
import { forecastScores } from './forecast-scores.js';

/** The basal column of LOOP is not whole for two of three people. */
export const LOOP_FORECASTS: ForecastSet = { name: 'cgm_loop', prefix: 'loop_', knowsBasal: false };

export const DIABETES_SETS: readonly ValidationSet[] = [
  validationSet({ name: 'azt1d', prefix: 'azt1d_', knowsBasal: true }),
  validationSet({ name: 't1d_uom', prefix: 't1d_uom_', knowsBasal: true }),
];

function validationSet(set: ForecastSet): ValidationSet {
  return {
    name: set.name,
    detect: (folder) => forecastLines(forecastRuns(set, folder)),
    score: (folder) => told(forecastScores(set.name, forecastRuns(set, folder))),
  };
}
