import { withoutNoise, type VitalName, type Vitals } from './score-inputs.js';
import {
  contribution,
  knownVitals,
  scoreOf,
  sumOf,
  type Score,
  type ScoreContext,
  type ScoreContribution,
  type ScoreRefusal,
  type ScoreRule,
} from './score.js';

const RULE: ScoreRule = {
  rule: 'qsofa',
  version: '1.0.0',
  reads: ['respiratoryRate', 'systolicPressure', 'gcs', 'consciousness'],
  fromAge: 18,
};

/**
 * Quick SOFA (Singer et al., JAMA 2016;315:801-810), 0 to 3: breathing at 22/min and over, systolic pressure of 100 mmHg and under, altered
 * mentation; 2 and over is positive. Adults of 18 and over with suspected infection, not in pregnancy. Mentation is altered when the Glasgow
 * coma score is under 15; where there is none, when the level of consciousness is anything but alert. The values are compared as they
 * are, not rounded: the criteria leave no gaps between bands.
 */
export function qsofa(vitals: Vitals, context: ScoreContext = {}): Score | ScoreRefusal {
  const known = knownVitals(RULE, vitals, context);
  if ('kind' in known) return known;
  const { respiratoryRate, systolicPressure, gcs, consciousness } = known.vitals;
  const contributions: ScoreContribution[] = [];
  const missing: VitalName[] = [];
  const add = (name: VitalName, met: boolean) => contributions.push(contribution(known, name, met ? 1 : 0));
  if (respiratoryRate === undefined) missing.push('respiratoryRate');
  else add('respiratoryRate', withoutNoise(respiratoryRate) >= 22);
  if (systolicPressure === undefined) missing.push('systolicPressure');
  else add('systolicPressure', withoutNoise(systolicPressure) <= 100);
  if (gcs !== undefined) add('gcs', gcs < 15);
  else if (consciousness !== undefined) add('consciousness', consciousness !== 'A');
  else missing.push('gcs');
  const derived = contributions.some(({ name }) => name === 'consciousness')
    ? ['altered mentation from the level of consciousness']
    : [];
  const band = sumOf(contributions) >= 2 ? 'high' : 'low';
  const meaning = band === 'high' ? 'Two or more criteria of three.' : 'Fewer than two criteria of three.';
  return scoreOf(RULE, { contributions, missing, worst: missing.length, derived }, { band, meaning });
}
