import type { ValidationSet } from '../../set.js';
import { told } from '../ecg/af-scoring.js';
import { readStays } from '../sepsis/sepsis2019-stays.js';
import { riskMetrics } from './risk-figures.js';
import { forecastLines, forecastMetrics } from './vital-forecasts.js';

/** Long, well filled stays in intensive care of the PhysioNet/CinC Challenge 2019: forecasts of vital signs at each hour with a value. */
export const vitalsHourly: ValidationSet = {
  name: 'vitals_hourly',
  *detect(folder) {
    for (const stay of readStays(folder)) yield* forecastLines(stay);
  },
  score(folder) {
    const stays = readStays(folder);
    return told({ ...forecastMetrics('vitals_hourly', stays), ...riskMetrics('vitals_hourly', stays) });
  },
};
