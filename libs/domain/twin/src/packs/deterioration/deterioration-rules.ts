import { QUALITY } from '../../rules/limit-rule.js';
import type { LimitSpec, Policy, StreamRule } from '../../rules/rule.js';

const POLICY: Policy = { refractorySeconds: 1800, escalateAfterSeconds: 3600, latching: false, group: 'deterioration' };
const HOLDING: readonly LimitSpec[] = [
  { name: 'forSeconds', title: 'held for, where values come continuously', unit: 's', default: 300, min: 0, max: 3600 },
  { name: 'clearForSeconds', title: 'gone for', unit: 's', default: 900, min: 0, max: 14_400 },
];

export const NEWS2: StreamRule = {
  kind: 'stream',
  id: 'news2',
  version: '1.0.0',
  title: 'NEWS2',
  severity: 'high',
  category: 'physiological',
  inputs: [
    'respiratory-rate',
    'oxygen-saturation',
    'oxygen-flow',
    'inspired-oxygen',
    'systolic-pressure',
    'heart-rate',
    'glasgow-coma-score',
    'body-temperature',
  ],
  quality: QUALITY,
  freshness: 'An input counts for `freshHours`; the alert gives the age of each, and what is missing.',
  limits: [
    { name: 'medium', title: 'from this total: medium', unit: '{score}', default: 5, min: 3, max: 9 },
    { name: 'high', title: 'from this total: high', unit: '{score}', default: 7, min: 4, max: 20 },
    ...HOLDING,
    { name: 'freshHours', title: 'inputs count for', unit: 'h', default: 12, min: 1, max: 24 },
    {
      name: 'saturationScale',
      title: "SpO2 scale; 2 only on a clinician's decision for hypercapnic respiratory failure",
      unit: '{scale}',
      default: 1,
      min: 1,
      max: 2,
      patientOnly: true,
    },
  ],
  persistence:
    'medium from a total of 5 or three points in one input, high from 7, held for 300 s where values come continuously, at once where they are charted; at least three inputs known; a partial total counts as the least it can be',
  hysteresis: 'A severity falls when its condition has been gone for 900 s.',
  clears: 'A total under 5 without three points in any input, for 900 s',
  population: "Adults of 16 years and more, not in pregnancy. An unknown age is taken for an adult's.",
  refuses: { underYears: 16, pregnancy: true },
  policy: POLICY,
  further: {
    step: 3,
    unit: '{score}',
    why: 'our choice: the score of one parameter that alone asks for urgent review (RCP 2017)',
  },
  page: 'docs/clinical/rules/news2.md',
  crossed: ({ medium, high, saturationScale }) => [
    ...(high! > medium! ? [] : [{ limit: 'high', message: `high (${high!}) must be above medium (${medium!})` }]),
    ...(Number.isInteger(saturationScale) ? [] : [{ limit: 'saturationScale', message: 'must be 1 or 2' }]),
  ],
};

export const TREND: StreamRule = {
  kind: 'stream',
  id: 'deterioration-trend',
  version: '1.0.0',
  title: 'Deterioration trend',
  severity: 'medium',
  category: 'physiological',
  inputs: [
    'heart-rate',
    'respiratory-rate',
    'body-temperature',
    'systolic-pressure',
    'mean-pressure',
    'oxygen-saturation',
    'inspired-oxygen',
    'glucose',
  ],
  quality: QUALITY,
  freshness: 'Three vital signs within 8 h; what was measured within 24 h counts.',
  limits: [...HOLDING],
  persistence: 'the score of the last 24 h in the band medium or high, held for 300 s; judged every 5 min',
  hysteresis: 'Falls when its band has been left for 900 s.',
  clears: 'A score under the band for 900 s',
  population:
    "Adults in intensive or close ward care (fitted on intensive care stays). An unknown age is taken for an adult's.",
  refuses: { underYears: 16, pregnancy: true },
  policy: POLICY,
  page: 'docs/clinical/rules/deterioration-trend.md',
};
