import { limitRule, type ConditionPack, type Policy } from '#libs/domain/twin';
import { GLUCOSE_RATE } from './glucose-rate.js';
import { EARLY_LOW_SOON_RULE, LOW, LOW_SOON_RULE, NOT_NEWBORN, URGENT_LOW_SOON_RULE } from './glucose-rules.js';
import { CARBOHYDRATES_ON_BOARD, DOSES_DETECTOR, INSULIN_ON_BOARD } from './on-board.js';
import { LOW_AHEAD_RULE, URGENT_LOW_AHEAD_RULE } from './low-ahead-rules.js';
import { LOW_SOON_DETECTOR } from './low-soon-detector.js';

const MEASURE = {
  measure: 'glucose',
  maxGapSeconds: 1800,
  population:
    'People with diabetes. Not for newborns (under 28 days). In pregnancy targets are tighter: set limits for the patient.',
  refuses: NOT_NEWBORN,
} as const;
const AT_ONCE = { forSeconds: 0, samples: 1 } as const;
const FOR_15_MIN = { clearSeconds: 900, clearSamples: 2 } as const;
const HIGH: Policy = { refractorySeconds: 1800, escalateAfterSeconds: 7200, latching: false, group: 'high-glucose' };

const FURTHER_DOWN = {
  step: 10,
  why: 'our choice: the fall between two readings 5 min apart at 2 mg/dL/min, shown by sensors as a falling arrow',
} as const;
const FURTHER_UP = {
  step: 50,
  why: 'our choice: 15 % of 300 mg/dL, the error that ISO 15197:2013 allows a meter, rounded up',
} as const;

/** Levels of ADA and ATTD (Battelino 2019), and predicted lows. */
export const GLUCOSE_PACK: ConditionPack = {
  id: 'glucose',
  title: 'Glucose',
  measures: ['glucose', 'insulin-bolus', 'insulin-basal-rate', 'carbohydrate-intake'],
  rules: [
    limitRule({
      ...MEASURE,
      id: 'glucose-very-low',
      title: 'Glucose very low',
      direction: 'below',
      tiers: [{ severity: 'high', limit: 54, clear: 60, range: [40, 80], ...AT_ONCE, ...FOR_15_MIN }],
      policy: { ...LOW, escalateAfterSeconds: 900 },
      further: FURTHER_DOWN,
    }),
    URGENT_LOW_SOON_RULE,
    limitRule({
      ...MEASURE,
      id: 'glucose-low',
      title: 'Glucose low',
      direction: 'below',
      tiers: [{ severity: 'medium', limit: 70, clear: 75, range: [54, 120], ...AT_ONCE, ...FOR_15_MIN }],
      policy: LOW,
      further: FURTHER_DOWN,
    }),
    LOW_SOON_RULE,
    EARLY_LOW_SOON_RULE,
    URGENT_LOW_AHEAD_RULE,
    LOW_AHEAD_RULE,
    limitRule({
      ...MEASURE,
      id: 'glucose-very-high',
      title: 'Glucose very high',
      direction: 'above',
      tiers: [{ severity: 'medium', limit: 300, clear: 280, range: [180, 600], ...AT_ONCE, ...FOR_15_MIN }],
      policy: HIGH,
      further: FURTHER_UP,
    }),
    limitRule({
      ...MEASURE,
      id: 'glucose-high',
      title: 'Glucose high',
      direction: 'above',
      tiers: [
        { severity: 'medium', limit: 250, clear: 235, range: [140, 400], forSeconds: 3600, samples: 3, ...FOR_15_MIN },
      ],
      policy: HIGH,
      further: FURTHER_UP,
    }),
  ],
  detectors: [LOW_SOON_DETECTOR, DOSES_DETECTOR],
  derived: [GLUCOSE_RATE, INSULIN_ON_BOARD, CARBOHYDRATES_ON_BOARD],
};
