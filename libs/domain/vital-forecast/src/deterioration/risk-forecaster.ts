import {
  quantilesOf,
  type Forecaster,
  type ModelForecast,
  type ModelRefusal,
  type Subject,
} from '#libs/domain/forecasting';
import { VITAL_FORECAST } from '../forecaster.js';
import { VITAL_SIGNS } from '../features/vital-signs.js';
import { readingsOf, withoutConflicts, type Readings } from '../features/readings.js';
import { chartOf } from '../memory/memory.js';
import { instabilityOf, isUnstable, RISK_MINUTES } from './instability.js';
import { deteriorationRisk, type DeteriorationRisk } from './risk.js';
import { DETERIORATION_RISK_CARD } from './risk-card.js';

const HOUR = 3_600_000;
/** Above the numbers of the catalogue: nobody sends it. */
const DETERIORATION_RISK = 1001;
/** Older than this, vital signs say nothing of the next 12 h: the model asks for three of them within as long. */
const FRESH_MS = 8 * HOUR;
/** A value counts for half a day: the longest time between two full sets of a stable person (NEWS2, RCP 2017). */
const COUNTS_MS = 12 * HOUR;
/** Share of the hours of the open stays that were followed by instability, 14 to 17 %, rounded: what the mean over people says. */
const SHARE = 0.15;

/**
 * The probability that vital signs become unstable within 12 h, at each new value of one of them, from the memory of `vital-forecast`. Its distribution is that
 * of what comes: 1 or 0. Scored once an hour, with the squared error as the Brier score; persistence says that who is unstable now stays so.
 */
export const RISK_FORECAST: Forecaster = {
  card: DETERIORATION_RISK_CARD,
  outputs: [
    {
      code: DETERIORATION_RISK,
      minutes: [RISK_MINUTES],
      toleranceMs: 0,
      scoredEveryMs: HOUR,
      freshMs: FRESH_MS,
      outcome: {
        name: 'deterioration-risk',
        title: 'Unstable vital signs within 12 h',
        unit: '1',
        codes: VITAL_SIGNS.map(({ code }) => code),
        hours: RISK_MINUTES / 60,
        of: instabilityOf,
      },
    },
  ],
  reads: VITAL_SIGNS.map(({ code }) => code),
  memoryOf: VITAL_FORECAST.card.id,
  memory: { version: 1 },
  take: (memory) => memory,
  forecast: (memory, _, about) => forecastOf(withoutConflicts(readingsOf(memory)), about),
};

function forecastOf(readings: Readings, about: Subject): ModelForecast | ModelRefusal {
  const risk = deteriorationRisk(readings, about);
  if (risk.kind === 'refused') return risk;
  const { at, probability } = risk;
  const newest = new Map<number, number>();
  const inputs: { code: number; count: number; newest: number }[] = [];
  for (const { code } of VITAL_SIGNS) {
    const chart = chartOf(readings.memory, code);
    const seen = chart && readings.seenAt(chart, at);
    if (seen === undefined) continue;
    inputs.push({ code, count: seen.hours.count, newest: seen.at });
    if (at - seen.at <= COUNTS_MS) newest.set(code, seen.newest);
  }
  return {
    kind: 'forecast',
    issuedAt: at,
    dataUntil: at,
    points: [
      {
        minutes: RISK_MINUTES,
        mean: probability,
        quantiles: quantilesOf((level) => (level > 1 - probability ? 1 : 0)),
        baselines: { persistence: isUnstable(newest) ? 1 : 0, 'population-mean': SHARE },
      },
    ],
    inputs,
    parameters: 'population',
    explanation: explained(risk, about),
  };
}

function explained({ probability, contributions, missing }: DeteriorationRisk, { ageYears }: Subject): string {
  const most = contributions.reduce((a, b) => (b.contribution > a.contribution ? b : a));
  const sign = most.contribution < 0 ? '' : '+';
  return [
    `Probability ${probability.toFixed(2)} that vital signs become unstable within 12 h.`,
    `Largest contribution: ${most.name} ${most.value} ${most.unit}, ${sign}${most.contribution.toFixed(2)} to the log-odds.`,
    ...(missing.length > 0 ? [`Not known: ${missing.join(', ')}.`] : []),
    ...(ageYears === null ? ['Age is not known; an adult is assumed.'] : []),
  ].join(' ');
}
