import { EARLY_LOW_SOON, LOW_SOON, URGENT_LOW_SOON } from '#libs/domain/glucose';
import { QUALITY, type Policy, type StreamRule } from '#libs/domain/twin';

/** The 15 min of hysteresis take the place of a refractory time; what comes back within the hour is one alert from the third on. */
export const LOW: Policy = {
  refractorySeconds: 0,
  escalateAfterSeconds: 1800,
  latching: false,
  group: 'low-glucose',
};

/** Not escalated: the low itself pages if it comes. */
const FORECAST: Policy = { ...LOW, escalateAfterSeconds: null, foresees: true };

/** Newborns have other limits and no such sensors. */
export const NOT_NEWBORN = { underDays: 28 } as const;

const FORECAST_RULE = {
  kind: 'stream',
  category: 'physiological',
  inputs: ['glucose'],
  quality: QUALITY,
  freshness: 'Readings of one source over 30 min, without a gap of more than 16 min.',
  hysteresis: 'The forecast stays below its lower limit for 15 min.',
  population:
    'People with type 1 diabetes on a continuous sensor (fitted on adults with automated dosing). Not for newborns (under 28 days); not validated in pregnancy.',
  refuses: NOT_NEWBORN,
} as const satisfies Partial<StreamRule>;

const PROBABILITY = { unit: '1', min: 0.1, max: 0.9 } as const;

export const LOW_SOON_RULE: StreamRule = {
  ...FORECAST_RULE,
  id: 'glucose-low-soon',
  version: LOW_SOON.version,
  title: 'Glucose low soon',
  severity: 'medium',
  limits: [
    {
      name: 'probability',
      title: 'raised at or above this probability',
      default: LOW_SOON.limits.raise,
      ...PROBABILITY,
    },
    {
      name: 'clearProbability',
      title: 'cleared below this probability',
      default: LOW_SOON.limits.clear,
      ...PROBABILITY,
    },
  ],
  persistence:
    'at the first reading whose probability of a value below 70 mg/dL within 30 min reaches the limit, or after 5 min below 70 mg/dL without a forecast',
  clears: 'Forecast below its lower limit and glucose at or above 70 mg/dL, for 15 min; or an hour without a low',
  policy: FORECAST,
  crossed: crossedProbabilities,
  page: 'docs/clinical/rules/glucose-low-soon.md',
};

/** The same forecast with a lower limit: earlier, with more false alarms. In shadow, so that a ward can compare both on its own patients. */
export const EARLY_LOW_SOON_RULE: StreamRule = {
  ...LOW_SOON_RULE,
  id: 'glucose-low-soon-early',
  version: '0.1.0',
  title: 'Glucose low soon, earlier threshold',
  limits: [
    {
      name: 'probability',
      title: 'raised at or above this probability',
      default: EARLY_LOW_SOON.limits.raise,
      ...PROBABILITY,
    },
    {
      name: 'clearProbability',
      title: 'cleared below this probability',
      default: EARLY_LOW_SOON.limits.clear,
      ...PROBABILITY,
    },
  ],
  shadowOf: LOW_SOON_RULE.id,
};

export const URGENT_LOW_SOON_RULE: StreamRule = {
  ...FORECAST_RULE,
  id: 'glucose-urgent-low-soon',
  version: URGENT_LOW_SOON.version,
  title: 'Urgent low glucose soon',
  severity: 'high',
  limits: [
    {
      name: 'probability',
      title: 'raised at or above this probability',
      default: URGENT_LOW_SOON.limits.raise,
      ...PROBABILITY,
    },
    {
      name: 'clearProbability',
      title: 'cleared below this probability',
      default: URGENT_LOW_SOON.limits.clear,
      ...PROBABILITY,
    },
  ],
  persistence:
    'at the first reading whose probability of 55 mg/dL or less within 20 min reaches the limit, or after 5 min at or below 55 mg/dL without a forecast',
  clears: 'Forecast below its lower limit and glucose above 55 mg/dL, for 15 min; or an hour without such a low',
  policy: FORECAST,
  crossed: crossedProbabilities,
  page: 'docs/clinical/rules/glucose-urgent-low-soon.md',
};

function crossedProbabilities({ probability, clearProbability }: Readonly<Record<string, number>>) {
  if (clearProbability! <= probability!) return [];
  const message = `clearProbability (${clearProbability!}) must not be above probability (${probability!})`;
  return [{ limit: 'clearProbability', message }];
}
