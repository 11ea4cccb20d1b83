import type { StreamRule } from '../../rules/rule.js';

export const HEART_RATE_UNUSUAL: StreamRule = {
  kind: 'stream',
  id: 'heart-rate-unusual',
  version: '1.0.0',
  title: 'Heart rate unusual for this person',
  severity: 'low',
  category: 'physiological',
  inputs: ['heart-rate'],
  quality: 'Good values only: a doubtful one neither raises nor clears, and teaches nothing.',
  freshness: 'Judged as it comes; a pause of more than 15 min in the values starts the count anew.',
  limits: [
    { name: 'spreads', title: 'from this many robust spreads', unit: '{spread}', default: 4, min: 2.5, max: 10 },
    { name: 'clearSpreads', title: 'clears under', unit: '{spread}', default: 3, min: 1, max: 10 },
    { name: 'forSeconds', title: 'held for', unit: 's', default: 1800, min: 300, max: 14_400 },
    { name: 'clearForSeconds', title: 'gone for', unit: 's', default: 600, min: 0, max: 14_400 },
  ],
  persistence:
    "4 or more robust spreads from this person's own usual at this time of day, for 30 min; silent until five days of that time of day, or of a neighbouring one, are known",
  hysteresis: 'Clears under 3 spreads.',
  clears: 'Under 3 spreads for 10 min',
  population:
    'Anyone of a year and more whose own days are known. At rest: nothing here knows whether the person moves.',
  refuses: { underYears: 1 },
  policy: { refractorySeconds: 3600, escalateAfterSeconds: null, latching: false, group: null },
  page: 'docs/clinical/rules/heart-rate-unusual.md',
  crossed: ({ spreads, clearSpreads }) =>
    clearSpreads! <= spreads!
      ? []
      : [
          {
            limit: 'clearSpreads',
            message: `clearSpreads (${clearSpreads!}) must not be above spreads (${spreads!})`,
          },
        ],
};
