import { toInteger, toTenths, type Consciousness, type VitalName, type Vitals } from './score-inputs.js';
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
  rule: 'mews',
  version: '1.0.0',
  reads: ['systolicPressure', 'heartRate', 'respiratoryRate', 'temperature', 'consciousness', 'gcs'],
  fromAge: 16,
};

/** Most each parameter can add. */
const WORST: Readonly<Partial<Record<VitalName, number>>> = {
  systolicPressure: 3,
  heartRate: 3,
  respiratoryRate: 3,
  temperature: 2,
  consciousness: 3,
};

/** AVPU as published. The paper has no C; the versions that have it score new confusion like a response to voice. */
const CONSCIOUSNESS: Readonly<Record<Consciousness, number>> = { A: 0, C: 1, V: 1, P: 2, U: 3 };

function pressurePoints(systolic: number): number {
  const p = toInteger(systolic);
  if (p <= 70) return 3;
  if (p <= 80) return 2;
  if (p <= 100) return 1;
  return p <= 199 ? 0 : 2;
}

function pulsePoints(rate: number): number {
  const h = toInteger(rate);
  if (h <= 40) return 2;
  if (h <= 50) return 1;
  if (h <= 100) return 0;
  if (h <= 110) return 1;
  return h <= 129 ? 2 : 3;
}

function respirationPoints(rate: number): number {
  const r = toInteger(rate);
  if (r < 9) return 2;
  if (r <= 14) return 0;
  if (r <= 20) return 1;
  return r <= 29 ? 2 : 3;
}

function temperaturePoints(temperature: number): number {
  const t = toTenths(temperature);
  return t < 350 || t >= 385 ? 2 : 0;
}

/**
 * Modified Early Warning Score (Subbe et al., QJM 2001;94:521-526), 0 to 14: adults of 16 and over, not in pregnancy. The paper prints
 * "<40" beside "41-50" and "<70" beside "71-80"; 40 and 70 are taken with the lower band, as its later versions print them. Rounded as
 * NEWS2. A Glasgow coma score of 15 stands for alert where no AVPU is known; a lower one does not distinguish V, P and U, so the level is
 * missing. 5 and over went with death and intensive care in the paper.
 */
export function mews(vitals: Vitals, context: ScoreContext = {}): Score | ScoreRefusal {
  const known = knownVitals(RULE, vitals, context);
  if ('kind' in known) return known;
  const { systolicPressure, heartRate, respiratoryRate, temperature, consciousness, gcs } = known.vitals;
  const contributions: ScoreContribution[] = [];
  const add = (name: VitalName, points: number) => contributions.push(contribution(known, name, points));
  if (systolicPressure !== undefined) add('systolicPressure', pressurePoints(systolicPressure));
  if (heartRate !== undefined) add('heartRate', pulsePoints(heartRate));
  if (respiratoryRate !== undefined) add('respiratoryRate', respirationPoints(respiratoryRate));
  if (temperature !== undefined) add('temperature', temperaturePoints(temperature));
  if (consciousness !== undefined) add('consciousness', CONSCIOUSNESS[consciousness]);
  else if (gcs === 15) add('gcs', 0);
  const scored = new Set<string>(contributions.map(({ name }) => (name === 'gcs' ? 'consciousness' : name)));
  const missing = (Object.keys(WORST) as VitalName[]).filter((name) => !scored.has(name));
  const worst = missing.reduce((sum, name) => sum + (WORST[name] ?? 0), 0);
  const derived = contributions.some(({ name }) => name === 'gcs') ? ['consciousness from the Glasgow coma score'] : [];
  const band = sumOf(contributions) >= 5 ? 'high' : 'low';
  const meaning = band === 'high' ? 'At or over 5, the limit of the paper.' : 'Under 5, the limit of the paper.';
  return scoreOf(RULE, { contributions, missing, worst, derived }, { band, meaning });
}
