import type { ModelCard } from '#libs/domain/forecasting';
import { VITAL_SIGNS } from '../features/vital-signs.js';
import { RISK_MINUTES } from './instability.js';

/** Figures of stays held apart from all that is fitted: `npm run validate -- --sets sepsis2019,vitals_hourly` prints them. */
// oxfmt-ignore
const METRICS: ModelCard['metrics'] = [
  { set: 'sepsis2019', heldApart: true, figure: 'hours with instability in the next 12 h, %', value: 17.3 },
  { set: 'sepsis2019', heldApart: true, figure: 'area under the ROC curve', value: 0.756 },
  { set: 'sepsis2019', heldApart: true, figure: 'area under the ROC curve after four stable hours', value: 0.695 },
  { set: 'sepsis2019', heldApart: true, figure: 'Brier score', value: 0.127 },
  { set: 'sepsis2019', heldApart: true, figure: 'skill of the Brier score against the share itself', value: 0.111 },
  { set: 'sepsis2019', heldApart: true, figure: 'probability 0 to 3 %: mean predicted, %', value: 2.1 },
  { set: 'sepsis2019', heldApart: true, figure: 'probability 0 to 3 %: mean that came, %', value: 2.4 },
  { set: 'sepsis2019', heldApart: true, figure: 'probability 3 to 6 %: mean predicted, %', value: 4.3 },
  { set: 'sepsis2019', heldApart: true, figure: 'probability 3 to 6 %: mean that came, %', value: 11.0 },
  { set: 'sepsis2019', heldApart: true, figure: 'probability 6 to 12 %: mean predicted, %', value: 8.5 },
  { set: 'sepsis2019', heldApart: true, figure: 'probability 6 to 12 %: mean that came, %', value: 15.2 },
  { set: 'sepsis2019', heldApart: true, figure: 'probability 12 to 25 %: mean predicted, %', value: 17.3 },
  { set: 'sepsis2019', heldApart: true, figure: 'probability 12 to 25 %: mean that came, %', value: 23.8 },
  { set: 'sepsis2019', heldApart: true, figure: 'probability 25 to 50 %: mean predicted, %', value: 35.1 },
  { set: 'sepsis2019', heldApart: true, figure: 'probability 25 to 50 %: mean that came, %', value: 39.7 },
  { set: 'sepsis2019', heldApart: true, figure: 'probability 50 to 100 %: mean predicted, %', value: 65.4 },
  { set: 'sepsis2019', heldApart: true, figure: 'probability 50 to 100 %: mean that came, %', value: 59.4 },
  { set: 'vitals_hourly', heldApart: true, figure: 'hours with instability in the next 12 h, %', value: 14.2 },
  { set: 'vitals_hourly', heldApart: true, figure: 'area under the ROC curve', value: 0.791 },
  { set: 'vitals_hourly', heldApart: true, figure: 'area under the ROC curve after four stable hours', value: 0.748 },
  { set: 'vitals_hourly', heldApart: true, figure: 'Brier score', value: 0.105 },
  { set: 'vitals_hourly', heldApart: true, figure: 'skill of the Brier score against the share itself', value: 0.142 },
  { set: 'vitals_hourly', heldApart: true, figure: 'probability 0 to 3 %: mean predicted, %', value: 2.0 },
  { set: 'vitals_hourly', heldApart: true, figure: 'probability 0 to 3 %: mean that came, %', value: 1.2 },
  { set: 'vitals_hourly', heldApart: true, figure: 'probability 3 to 6 %: mean predicted, %', value: 4.4 },
  { set: 'vitals_hourly', heldApart: true, figure: 'probability 3 to 6 %: mean that came, %', value: 5.0 },
  { set: 'vitals_hourly', heldApart: true, figure: 'probability 6 to 12 %: mean predicted, %', value: 8.7 },
  { set: 'vitals_hourly', heldApart: true, figure: 'probability 6 to 12 %: mean that came, %', value: 12.9 },
  { set: 'vitals_hourly', heldApart: true, figure: 'probability 12 to 25 %: mean predicted, %', value: 17.1 },
  { set: 'vitals_hourly', heldApart: true, figure: 'probability 12 to 25 %: mean that came, %', value: 21.2 },
  { set: 'vitals_hourly', heldApart: true, figure: 'probability 25 to 50 %: mean predicted, %', value: 34.4 },
  { set: 'vitals_hourly', heldApart: true, figure: 'probability 25 to 50 %: mean that came, %', value: 42.0 },
  { set: 'vitals_hourly', heldApart: true, figure: 'probability 50 to 100 %: mean predicted, %', value: 59.5 },
  { set: 'vitals_hourly', heldApart: true, figure: 'probability 50 to 100 %: mean that came, %', value: 58.4 },
];

export const DETERIORATION_RISK_CARD: ModelCard = {
  id: 'deterioration-risk',
  version: '1.2.0',
  title: 'Instability of vital signs within 12 hours',
  kind: 'statistical',
  outputs: ['deterioration-risk'],
  inputs: VITAL_SIGNS.map(({ name }) => ({
    code: name,
    needed: false,
    freshness: 'three vital signs in 8 h, both pressures are one; values of the last 24 h are read',
  })),
  horizonMinutes: [RISK_MINUTES],
  population: {
    ages: '18 years and over; unknown age is taken for an adult',
    pregnancy: 'not pregnant',
    conditions: 'intensive care or close ward care',
  },
  refuses: [
    'Without a usable vital sign (no-data).',
    'With fewer than three vital signs in 8 h (too-little-data); one whose sensors contradict each other is not known.',
    'For people under 18 years and in pregnancy (outside-population).',
  ],
  trainedOn: {
    sets: ['sepsis2019', 'vitals_hourly'],
    records: 854,
    period: 'four in five stays, whole stays; two hospitals of the PhysioNet Challenge 2019',
  },
  metrics: METRICS,
  limits: [
    'It predicts vital signs, not an illness: at least two hourly sets of the next 12 h with a pulse under 40 or over 140 /min, a respiratory rate under 5 or over 36 /min, a saturation under 90 % or a systolic pressure under 90 mmHg. Vital signs alone predict sepsis in these stays little better than chance (area 0.63, cross-validated).',
    'Who is unstable now is likely to stay so: after four stable hours the areas are lower, and are the ones to believe.',
    'One in seven hours was followed by instability in these stays. Where fewer are, on a ward, the probabilities are too high.',
    'It is forecast and scored; an alert by it runs in shadow.',
    'It knows no treatment, no laboratory value and no consciousness.',
  ],
  page: 'docs/models/deterioration-risk.md',
  status: 'active',
};
