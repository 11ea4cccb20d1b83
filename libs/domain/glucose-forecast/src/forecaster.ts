import {
  distributionOf,
  personalTable,
  persistence,
  populationMean,
  refuse,
  type Forecaster,
  type ForecastPoint,
  type ModelForecast,
  type ModelRefusal,
  type Subject,
} from '#libs/domain/forecasting';
import { GLUCOSE_FORECAST_CARD } from './card.js';
import { explanationOf } from './explanation.js';
import { inputsOf } from './inputs.js';
import { BASAL, BOLUS, CARBOHYDRATES, EMPTY, GLUCOSE, type Memory } from './memory/memory.js';
import { chosenSensor, type Chosen } from './memory/sensor.js';
import { take } from './memory/take.js';
import { KEPT_SHIFT, MINUTES } from './model/model.js';
import { NEEDED_MINUTES, situationAt, type Situation } from './person/situation.js';

/** What a sensor can show, mg/dL: beyond lies its "low" and "high". */
const SHOWN = { least: 39, most: 401 } as const;
const MIN_AGE = 18;
/** A second sensor that differs by less is no news: each may be off by 15 to 20 % (ISO 15197 as the usual bound of a meter). Shares are of the lower value, so that it does not matter which is forecast. */
const TOLERATED = { mgdl: 20, share: 0.2 } as const;
/** Beyond this nobody can say which sensor is right. */
const REFUSED = { mgdl: 60, share: 0.5 } as const;
/** Learned readings from which the forecast is the person's own: 3 days. */
const OWN_FROM = 288;

/** Glucose 15 to 120 min ahead from a sensor's readings, with recorded insulin and carbohydrates where there are any. */
export const GLUCOSE_FORECAST: Forecaster = {
  card: GLUCOSE_FORECAST_CARD,
  outputs: [{ code: GLUCOSE, minutes: MINUTES, toleranceMs: 150_000, scoredEveryMs: 0, usesLater: true }],
  reads: [GLUCOSE, BOLUS, BASAL, CARBOHYDRATES],
  memory: { version: 1 },
  take,
  forecast,
};

function forecast(stored: unknown, output: number, about: Subject): ModelForecast | ModelRefusal {
  if (output !== GLUCOSE) return refuse('outside-domain', `This model forecasts glucose, not measure ${output}.`);
  const outside = outsideOf(about);
  if (outside !== undefined) return refuse('outside-population', outside);
  const memory = (stored as Memory | null) ?? EMPTY;
  const sensor = chosenSensor(memory);
  if (sensor === undefined) return refuse('no-data', 'No glucose value has been recorded.');
  if (sensor.newest.q === 2) return refuse('outside-domain', 'The newest glucose value is of bad quality.');
  const { readings } = sensor;
  const situation = situationAt(memory, readings, readings.length - 1);
  if (situation === undefined)
    return refuse(
      'too-little-data',
      `A forecast needs ${NEEDED_MINUTES} min of glucose without a gap over 20 min before the newest value.`,
    );
  const { mgdl, lower } = sensor.disagreement ?? { mgdl: 0, lower: 0 };
  if (mgdl > Math.max(REFUSED.mgdl, REFUSED.share * lower))
    return refuse('outside-domain', `Two glucose sensors differ by ${Math.round(mgdl)} mg/dL.`);
  const widening = mgdl > Math.max(TOLERATED.mgdl, TOLERATED.share * lower) ? mgdl : 0;
  return answer(memory, sensor, situation, widening, about);
}

function answer(
  memory: Memory,
  { source }: Chosen,
  situation: Situation,
  widening: number,
  about: Subject,
): ModelForecast {
  const { t } = situation.history;
  const inputs = inputsOf(memory, situation.history, source);
  return {
    kind: 'forecast',
    issuedAt: t,
    dataUntil: Math.max(...inputs.map(({ newest }) => newest)),
    points: pointsOf(memory, situation, widening),
    inputs,
    parameters: (memory.person?.n ?? 0) >= OWN_FROM ? 'personal' : 'population',
    explanation: explanationOf(memory, situation, widening, about),
  };
}

/** Means and quantiles by horizon. `widening`: mg/dL by which a second sensor differs; half of it joins the scale. */
function pointsOf(memory: Memory, situation: Situation, widening = 0): readonly ForecastPoint[] {
  const { weights, locations, scales, history } = situation;
  const baselines = { persistence: persistence(history.lags[0]!), 'population-mean': populationMean(GLUCOSE)! };
  return MINUTES.map((minutes, h) => {
    const table = personalTable(weights.residuals[h]!, memory.person?.adaptations[h] ?? null, KEPT_SHIFT);
    const scale = Math.hypot(scales[h]!, widening / 2);
    return { minutes, ...distributionOf(locations[h]!, scale, table, SHOWN), baselines };
  });
}

function outsideOf({ ageYears, isPregnant }: Subject): string | undefined {
  if (isPregnant === true) return 'The model was not fitted on or tested with pregnant people.';
  if (ageYears !== null && ageYears < MIN_AGE)
    return `The model was fitted on adults; the person is ${Math.floor(ageYears)} years old.`;
  return undefined;
}
