import type { ModelCard } from '#libs/domain/forecasting';
import { MINUTES } from './model/model.js';

export const GLUCOSE_FORECAST_CARD: ModelCard = {
  id: 'glucose-forecast',
  version: '1.0.0',
  title: 'Glucose 15 to 120 min ahead',
  kind: 'statistical',
  outputs: ['glucose'],
  inputs: [
    { code: 'glucose', needed: true, freshness: '30 min of readings of one sensor without a gap over 20 min' },
    { code: 'insulin-bolus', needed: false, freshness: 'counts as recorded when one is within 24 h' },
    { code: 'insulin-basal-rate', needed: false, freshness: 'known for 2 h after each rate' },
    { code: 'carbohydrate-intake', needed: false, freshness: 'counts as recorded when one is within 24 h' },
  ],
  horizonMinutes: MINUTES,
  population: { ages: '18 years and older', pregnancy: 'not for pregnant people', conditions: 'type 1 diabetes' },
  refuses: [
    'Without a glucose value, or without 30 min of readings before the newest.',
    'When the newest value is of bad quality.',
    'When two sensors differ by more than 60 mg/dL and half of the value.',
    'For people under 18 years, and in pregnancy.',
  ],
  trainedOn: { sets: ['cgm_loop', 'azt1d', 't1d_uom'], records: 15, period: 'rows marked train' },
  metrics: [],
  limits: [
    'Exercise, illness, alcohol and food that was not recorded are not known to it.',
    'Doses that were not recorded are not known; no record within a day is taken as unknown, never as none.',
    'People on automated dosing are most of those it was fitted on.',
    'The pace at which bands follow the person, and how much of that moves the mean, were chosen with the rows marked val in view.',
    'Bands are of the past of the person and of the people trained on; something new is not in them.',
  ],
  page: 'docs/models/glucose-forecast.md',
  status: 'active',
};
