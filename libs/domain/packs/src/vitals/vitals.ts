import { limitRule, type AgeLimits, type ConditionPack, type Policy } from '#libs/domain/twin';

const HEART = {
  measure: 'heart-rate',
  maxGapSeconds: 360,
  population: 'At rest. Adults, and children by age where the birth date is known. Unknown age: treated as adult.',
} as const;
const AT_ONCE = { forSeconds: 0, samples: 1 } as const;
const POLICY: Policy = { refractorySeconds: 300, escalateAfterSeconds: 900, latching: false, group: null };

/**
 * Heart rate of healthy children at rest, 1st and 99th centile by upper age in years (Fleming 2011, Lancet 377:1011, web table of
 * proposed cut-points).
 */
const CHILDREN: readonly (readonly [underYears: number, low: number, high: number])[] = [
  [0.25, 107, 181],
  [0.5, 104, 175],
  [0.75, 98, 168],
  [1, 93, 161],
  [1.5, 88, 156],
  [2, 82, 149],
  [3, 76, 142],
  [4, 70, 136],
  [6, 65, 131],
  [8, 59, 123],
  [12, 52, 115],
  [15, 47, 108],
];
/** Distance of the severe limit from the centile, /min: as between the adult limits. */
const SEVERE_BY = 30;
const HIGH_BY_AGE: readonly AgeLimits[] = CHILDREN.map(([underYears, , high]) => {
  // A teenager's 99th centile lies below the adult limit, which then holds.
  const limit = Math.max(120, high);
  return {
    underYears,
    limits: { limit, clear: limit - 5, severeLimit: limit + SEVERE_BY, severeClear: limit + SEVERE_BY - 5 },
  };
});
const LOW_BY_AGE: readonly AgeLimits[] = CHILDREN.map(([underYears, low]) => ({
  underYears,
  limits: { limit: low, clear: low + 4 },
}));

/** Adult priorities by IEC 60601-1-8 reasoning: docs/clinical/rules, one page each. */
export const VITALS_PACK: ConditionPack = {
  id: 'vitals',
  title: 'Vital signs',
  measures: ['heart-rate', 'oxygen-saturation'],
  rules: [
    limitRule({
      ...HEART,
      id: 'heart-rate-high',
      title: 'Heart rate high',
      direction: 'above',
      tiers: [
        {
          severity: 'medium',
          limit: 120,
          clear: 115,
          range: [80, 220],
          forSeconds: 600,
          samples: 3,
          clearSeconds: 120,
          clearSamples: 2,
        },
        {
          severity: 'high',
          limit: 150,
          clear: 145,
          range: [100, 250],
          forSeconds: 60,
          samples: 3,
          clearSeconds: 60,
          clearSamples: 2,
        },
      ],
      byAge: HIGH_BY_AGE,
      policy: POLICY,
      further: { step: 20, why: 'our choice: above the 10 % error that IEC 60601-2-27 allows a rate meter at 150/min' },
    }),
    limitRule({
      ...HEART,
      id: 'heart-rate-low',
      title: 'Heart rate low',
      direction: 'below',
      tiers: [
        {
          severity: 'high',
          limit: 40,
          clear: 44,
          range: [25, 110],
          forSeconds: 60,
          samples: 3,
          clearSeconds: 60,
          clearSamples: 2,
        },
      ],
      byAge: LOW_BY_AGE,
      policy: POLICY,
      further: { step: 5, why: 'our choice: the 5/min error that IEC 60601-2-27 allows a rate meter at low rates' },
    }),
    limitRule({
      id: 'oxygen-saturation-low',
      title: 'Oxygen saturation low',
      measure: 'oxygen-saturation',
      direction: 'below',
      maxGapSeconds: 900,
      population:
        'Patients older than 28 days without chronic hypercapnic respiratory failure; with it, set limits for the patient.',
      refuses: { underDays: 28 },
      tiers: [
        { severity: 'medium', limit: 90, clear: 92, range: [75, 97], ...AT_ONCE, clearSeconds: 30, clearSamples: 2 },
        { severity: 'high', limit: 85, clear: 87, range: [60, 94], ...AT_ONCE, clearSeconds: 30, clearSamples: 2 },
      ],
      policy: POLICY,
      further: { step: 4, why: 'our choice: the 4 % error (root mean square) that ISO 80601-2-61 allows an oximeter' },
    }),
  ],
  detectors: [],
  derived: [],
};
