import type { ModelCard } from '#libs/domain/forecasting';

export const PERSONAL_GLUCOSE_CARD: ModelCard = {
  id: 'personal-glucose',
  version: '1.0.0',
  title: 'Glucose of one person: UVA/Padova fitted to the record',
  kind: 'mechanistic',
  outputs: ['glucose'],
  inputs: [
    { code: 'glucose', needed: true, freshness: '30 min' },
    { code: 'insulin-basal-rate', needed: true, freshness: 'known for most of the last 6 h' },
    { code: 'insulin-bolus', needed: false, freshness: '12 h' },
    { code: 'carbohydrate-intake', needed: false, freshness: '12 h' },
    { code: 'exercise-intensity', needed: false, freshness: 'holds for at most 4 h' },
  ],
  horizonMinutes: [],
  population: { ages: '18 years and over', pregnancy: 'no', conditions: 'type 1 diabetes on an insulin pump' },
  refuses: [
    'People under 18 years, and pregnancy.',
    'No glucose in the last 30 min, or less than 18 h of it for a fit.',
    'A basal rate unknown for more than a fifth of the time.',
    'Boluses over 60 [IU], basal rates over 35 [IU]/h, meals over 400 g, negative or overlapping rates.',
  ],
  trainedOn: {
    sets: ['simglucose'],
    records: 15,
    period: 'prior only: means and covariances of the parameters of public virtual people',
  },
  metrics: [
    {
      set: 'simglucose',
      heldApart: true,
      figure: 'what-if, boluses × 0.7, mean absolute relative difference in %',
      value: 0.8,
    },
    {
      set: 'simglucose',
      heldApart: true,
      figure: 'what-if, boluses × 1.3, mean absolute relative difference in %',
      value: 1.2,
    },
    {
      set: 'simglucose',
      heldApart: true,
      figure: 'what-if, carbohydrates × 1.5, mean absolute relative difference in %',
      value: 1.5,
    },
    {
      set: 'simglucose',
      heldApart: true,
      figure: 'what-if, no boluses, mean absolute relative difference in %',
      value: 1.4,
    },
  ],
  limits: [
    'Insulin sensitivity is the same at all times of the day.',
    'Exercise acts with the share of a published extension, not fitted and not validated.',
    'Meals that are not recorded are taken for other causes.',
    'What-if is proven on virtual people only. On real records its simulation of 2 h was better than the newest value held and about as good as AR2, and blended with the statistical forecast it gained nothing: it takes no part in the forecasts of the stream.',
  ],
  page: 'docs/models/personal-glucose.md',
  status: 'active',
};
