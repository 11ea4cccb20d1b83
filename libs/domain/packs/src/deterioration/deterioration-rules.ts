import { QUALITY, type LimitSpec, type Policy, type StreamRule } from '#libs/domain/twin';

const POLICY: Policy = { refractorySeconds: 1800, escalateAfterSeconds: 3600, latching: false, group: 'deterioration' };
const HOLDING: readonly LimitSpec[] = [
  { name: 'forSeconds', title: 'held for, with continuous values', unit: 's', default: 300, min: 0, max: 3600 },
  { name: 'clearForSeconds', title: 'cleared for', unit: 's', default: 900, min: 0, max: 14_400 },
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
  freshness: 'An input is valid for `freshHours`; the alert lists the age of each input and what is missing.',
  limits: [
    { name: 'medium', title: 'total for medium, at or above', unit: '{score}', default: 5, min: 3, max: 9 },
    { name: 'high', title: 'total for high, at or above', unit: '{score}', default: 7, min: 4, max: 20 },
    ...HOLDING,
    { name: 'freshHours', title: 'inputs valid for', unit: 'h', default: 12, min: 1, max: 24 },
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
    'medium at a total of 5 or more or three points in one input, high at 7 or more, held for 300 s with continuous values, at once with charted ones; at least three inputs known; a partial total is a lower bound',
  hysteresis: 'Severity falls when its condition has been absent for 900 s.',
  clears: 'Total below 5 and no input with three points, for 900 s',
  population: 'Patients aged 16 years or more, not in pregnancy. Unknown age: treated as adult.',
  refuses: { underYears: 16, pregnancy: true },
  policy: POLICY,
  further: {
    step: 3,
    unit: '{score}',
    why: 'our choice: the score of a single parameter that alone requires urgent review (RCP 2017)',
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
  freshness: 'Three vital signs within 8 h; values of the last 24 h are used.',
  limits: [...HOLDING],
  persistence: 'score of the last 24 h in the medium or high band, held for 300 s; evaluated every 5 min',
  hysteresis: 'Falls when the score has been below its band for 900 s.',
  clears: 'Score below the band for 900 s',
  population: 'Adults in intensive or step-down care (fitted on intensive care stays). Unknown age: treated as adult.',
  refuses: { underYears: 16, pregnancy: true },
  policy: POLICY,
  page: 'docs/clinical/rules/deterioration-trend.md',
};
