import type { ModelCard } from '../contract/card.js';

const VITALS = [
  'heart-rate',
  'respiratory-rate',
  'oxygen-saturation',
  'systolic-pressure',
  'mean-pressure',
  'body-temperature',
] as const;
const ALL_HORIZONS = [15, 30, 45, 60, 90, 120, 180, 360, 720];
const ANYONE = { ages: 'any', pregnancy: 'any', conditions: 'any' } as const;
const UNTRAINED = { sets: [], records: 0, period: 'nothing is fitted' } as const;

export const PERSISTENCE_CARD: ModelCard = {
  id: 'persistence',
  version: '1.0.0',
  title: 'The newest value goes on',
  kind: 'statistical',
  outputs: ['glucose', ...VITALS],
  inputs: ['glucose', ...VITALS].map((code) => ({
    code,
    needed: false,
    freshness: 'the one that is forecast, as fresh as the model beside it asks',
  })),
  horizonMinutes: ALL_HORIZONS,
  population: ANYONE,
  refuses: ['Without a value.'],
  trainedOn: UNTRAINED,
  metrics: [],
  limits: ['It knows no trend, no meal and no dose.'],
  page: 'docs/models/persistence.md',
  status: 'baseline',
};

export const AR2_CARD: ModelCard = {
  id: 'ar2',
  version: '1.0.0',
  title: 'Second-order autoregression of the logarithm of glucose',
  kind: 'statistical',
  outputs: ['glucose'],
  inputs: [{ code: 'glucose', needed: true, freshness: 'two readings, 5 min apart' }],
  horizonMinutes: [15, 30, 45, 60, 90, 120],
  population: ANYONE,
  refuses: ['Without two readings 5 min apart.'],
  trainedOn: { sets: [], records: 0, period: 'the published weights of Nightscout' },
  metrics: [],
  limits: [
    'It knows no meal and no dose.',
    'It draws towards 140 mg/dL, whoever the person is.',
    'Values are held within 36 to 400 mg/dL.',
  ],
  page: 'docs/models/ar2.md',
  status: 'baseline',
};

export const POPULATION_MEAN_CARD: ModelCard = {
  id: 'population-mean',
  version: '1.0.0',
  title: 'The mean over people',
  kind: 'statistical',
  outputs: ['glucose', ...VITALS],
  inputs: [],
  horizonMinutes: ALL_HORIZONS,
  population: { ages: 'any', pregnancy: 'any', conditions: 'glucose: type 1 diabetes; vital signs: intensive care' },
  refuses: [],
  trainedOn: {
    sets: ['cgm_loop', 'azt1d', 't1d_uom', 'sepsis2019'],
    records: 617,
    period: 'rows marked train of 17 people with type 1 diabetes; 600 stays in intensive care',
  },
  metrics: [],
  limits: ['It knows nothing of the person.'],
  page: 'docs/models/population-mean.md',
  status: 'baseline',
};
