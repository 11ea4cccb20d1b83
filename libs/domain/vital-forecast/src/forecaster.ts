import {
  persistence,
  populationMean,
  refuse,
  type Forecaster,
  type ForecastPoint,
  type ModelForecast,
  type ModelRefusal,
  type Subject,
} from '#libs/domain/forecasting';
import { HORIZON_MINUTES, VITAL_FORECAST_CARD } from './card.js';
import { explained } from './explanation.js';
import { areInConflict, type Features } from './features/features.js';
import { readingsOf, type Readings } from './features/readings.js';
import { VITAL_SIGNS, vitalSign, type VitalSign } from './features/vital-signs.js';
import { memoryOf, newestOfAll, taken, VITAL_MEMORY_VERSION, type VitalMemory } from './memory/memory.js';
import { distributionAt } from './model/vital-model.js';
import { VITAL_MODEL } from './model/vital-weights.js';
import { outsidePopulation } from './population.js';

const HOUR_MS = 3_600_000;
/** Half a sampling step of hourly vital signs. */
const TOLERANCE_MS = HOUR_MS / 2;
/** Of a monitor that sends each second not each forecast is scored: within a twelfth of the shortest horizon errors are nearly the same. */
const SCORED_EVERY_MS = HOUR_MS / 12;
/** Between two full sets of a person who needs watching (NEWS2 5 and over) lies an hour, of a stable one at least 4 (RCP 2017). */
const STALE_MS = 4 * HOUR_MS;
const MIN_VALUES = 2;

/**
 * Forecasts of the vital signs, 1 to 12 h ahead: what hourly values of intensive care patients did next, given where the person stands, what is usual for the
 * person and how the other vital signs stand. Linear in features of the last 24 h, with calibrated bands whose width follows the person's own unrest.
 * Method and figures: docs/adr/0047, docs/clinical/validation.md.
 */
export const VITAL_FORECAST: Forecaster = {
  card: VITAL_FORECAST_CARD,
  outputs: VITAL_SIGNS.map(({ code }) => ({
    code,
    minutes: HORIZON_MINUTES,
    toleranceMs: TOLERANCE_MS,
    scoredEveryMs: SCORED_EVERY_MS,
  })),
  reads: VITAL_SIGNS.map(({ code }) => code),
  memory: { version: VITAL_MEMORY_VERSION },
  take: (memory, change) => taken(memoryOf(memory), change),
  read: readingsOf,
  forecast: (memory, output, about) => forecastOf(readingsOf(memory), output, about),
};

function forecastOf(readings: Readings, output: number, about: Subject): ModelForecast | ModelRefusal {
  const sign = vitalSign(output);
  if (sign === undefined) return refuse('outside-domain', `No vital sign has the catalogue number ${output}.`);
  const outside = outsidePopulation(about);
  if (outside !== undefined) return outside;
  const features = readings.featuresOf(sign, about);
  if (features === undefined) return refuse('no-data', `There is no usable value of ${sign.title}.`);
  return (
    tooOldOrFew(readings.memory, sign, features) ?? conflictOf(sign, features) ?? forecastFrom(sign, features, about)
  );
}

function conflictOf(sign: VitalSign, { own }: Features): ModelRefusal | undefined {
  if (!areInConflict(own, sign)) return undefined;
  const by = own.disagreement.toFixed(sign.spread < 2 ? 1 : 0);
  return refuse('outside-domain', `Two sensors of ${sign.title} differ by ${by} ${sign.unit}.`);
}

function tooOldOrFew(memory: VitalMemory, sign: VitalSign, { own }: Features): ModelRefusal | undefined {
  const hours = (ms: number): string => (ms / HOUR_MS).toFixed(1);
  const behind = (newestOfAll(memory) ?? own.at) - own.at;
  if (behind > STALE_MS)
    return refuse('stale-data', `The newest ${sign.title} is ${hours(behind)} h behind the others.`);
  if (own.hours.count < MIN_VALUES)
    return refuse('too-little-data', `One value of ${sign.title} in 24 h is too little.`);
  return undefined;
}

function forecastFrom(sign: VitalSign, features: Features, about: Subject): ModelForecast {
  const { own, others } = features;
  const mean = populationMean(sign.code) ?? sign.usual;
  const baselines = { persistence: persistence(own.newest), 'population-mean': mean };
  const { horizons } = VITAL_MODEL.signs[sign.code]!;
  return {
    kind: 'forecast',
    issuedAt: own.at,
    dataUntil: own.at,
    points: horizons.map((horizon): ForecastPoint => {
      return { minutes: horizon.minutes, ...distributionAt(VITAL_MODEL, sign, horizon, features), baselines };
    }),
    inputs: [
      { code: sign.code, count: own.hours.count, newest: own.at },
      ...others.map((other) => ({ code: other.sign.code, count: other.seen.hours.count, newest: other.seen.at })),
    ],
    parameters: 'population',
    explanation: explained(horizons, sign, features, about),
  };
}
