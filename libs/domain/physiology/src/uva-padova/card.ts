import type { ModelCard } from '#libs/domain/forecasting';

export const UVA_PADOVA_CARD: ModelCard = {
  id: 'uva-padova',
  version: '1.0.0',
  title: 'UVA/Padova glucose and insulin, type 1 diabetes',
  kind: 'mechanistic',
  outputs: ['glucose'],
  inputs: [
    { code: 'insulin-basal-rate', needed: true, freshness: 'at every step' },
    { code: 'insulin-bolus', needed: false, freshness: 'at every step' },
    { code: 'carbohydrate-intake', needed: false, freshness: 'at every step' },
  ],
  horizonMinutes: [],
  population: { ages: 'virtual children, adolescents and adults', pregnancy: 'none', conditions: 'type 1 diabetes' },
  refuses: ['Parameters that are not positive or have no equilibrium.', 'Negative insulin or carbohydrates.'],
  trainedOn: { sets: [], records: 0, period: 'published equations' },
  metrics: [
    { set: 'simglucose', heldApart: true, figure: 'largest difference from golden traces in mg/dL', value: 0.005 },
  ],
  limits: [
    'It is a simulator of virtual people: it makes no forecast of a real one.',
    'No glucagon, no exercise, no change of insulin sensitivity over the day.',
  ],
  page: 'docs/models/uva-padova.md',
  status: 'active',
};
