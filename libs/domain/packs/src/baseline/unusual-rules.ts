import type { StreamRule } from '#libs/domain/twin';

export const HEART_RATE_UNUSUAL: StreamRule = {
  kind: 'stream',
  id: 'heart-rate-unusual',
  version: '1.0.0',
  title: 'Heart rate unusual for this patient',
  severity: 'low',
  category: 'physiological',
  inputs: ['heart-rate'],
  quality: 'Good values only: a doubtful one neither raises nor clears, and does not update the baseline.',
  freshness: 'Evaluated on arrival; a gap of more than 15 min in the values restarts the timer.',
  limits: [
    { name: 'spreads', title: 'robust spreads at or above', unit: '{spread}', default: 4, min: 2.5, max: 10 },
    { name: 'clearSpreads', title: 'clears below', unit: '{spread}', default: 3, min: 1, max: 10 },
    { name: 'forSeconds', title: 'held for', unit: 's', default: 1800, min: 300, max: 14_400 },
    { name: 'clearForSeconds', title: 'cleared for', unit: 's', default: 600, min: 0, max: 14_400 },
  ],
  persistence:
    "4 or more robust spreads from the patient's own baseline for this time of day, for 30 min; not evaluated until five days of that time of day, or of an adjacent one, are known",
  hysteresis: 'Clears below 3 spreads.',
  clears: 'Below 3 spreads for 10 min',
  population: 'Patients aged one year or more with a known baseline. At rest: movement is not measured.',
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
