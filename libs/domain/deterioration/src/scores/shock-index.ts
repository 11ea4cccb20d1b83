import type { Vitals } from './score-inputs.js';
import {
  knownVitals,
  refusal,
  scoreOf,
  type Score,
  type ScoreBand,
  type ScoreContext,
  type ScoreRefusal,
  type ScoreRule,
} from './score.js';

const RULE: ScoreRule = {
  rule: 'shock-index',
  version: '1.0.0',
  reads: ['heartRate', 'systolicPressure', 'diastolicPressure', 'meanPressure'],
  fromAge: 18,
};

const MEANING: Readonly<Record<Exclude<ScoreBand, 'low-medium'>, string>> = {
  low: 'Up to 0.7, the usual range of resting adults or below it.',
  medium: 'Over 0.7 and under 0.9.',
  high: 'At or over 0.9, the limit of the paper.',
};

/** Mean pressure as measured, else diastolic plus a third of the pulse pressure; undefined when the two are crossed. */
function meanPressure(measured?: number, systolic?: number, diastolic?: number): number | undefined {
  if (measured !== undefined) return measured;
  if (systolic === undefined || diastolic === undefined || diastolic > systolic) return undefined;
  return (systolic + 2 * diastolic) / 3;
}

/**
 * Shock index, heart rate / systolic pressure, not rounded (Allgower and Burri 1967; limits: Rady et al., Ann Emerg Med 1994;24:685-690). `modified`
 * is heart rate / mean pressure (Liu et al. 2012), measured or from diastolic pressure. Adults of 18 and over, not in pregnancy. A ratio has no parts:
 * it is one contribution, and there is no partial one. Its age is that of the older value.
 */
export function shockIndex(vitals: Vitals, context: ScoreContext = {}): Score | ScoreRefusal {
  const known = knownVitals(RULE, vitals, context);
  if ('kind' in known) return known;
  const { heartRate, systolicPressure, diastolicPressure, meanPressure: measured } = known.vitals;
  if (heartRate === undefined) return refusal(RULE, 'no-inputs', 'heartRate is not known.');
  if (systolicPressure === undefined) return refusal(RULE, 'no-inputs', 'systolicPressure is not known.');
  const index = heartRate / systolicPressure;
  const band = index >= 0.9 ? 'high' : index > 0.7 ? 'medium' : 'low';
  const ages = [known.ageOf('heartRate'), known.ageOf('systolicPressure')].filter((age) => age !== undefined);
  const age = ages.length === 2 ? { ageMs: Math.max(...ages) } : {};
  const mean = meanPressure(measured, systolicPressure, diastolicPressure);
  return scoreOf(
    RULE,
    { contributions: [{ name: 'shockIndex', value: index, points: index, ...age }], missing: [], worst: 0 },
    { band, meaning: MEANING[band], ...(mean === undefined ? {} : { modified: heartRate / mean }) },
  );
}
