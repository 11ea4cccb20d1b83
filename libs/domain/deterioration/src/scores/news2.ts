import { toInteger, toTenths, type VitalName, type Vitals } from './score-inputs.js';
import {
  contribution,
  knownVitals,
  scoreOf,
  sumOf,
  type KnownVitals,
  type Score,
  type ScoreBand,
  type ScoreContext,
  type ScoreContribution,
  type ScoreRefusal,
  type ScoreRule,
} from './score.js';

const RULE: ScoreRule = {
  rule: 'news2',
  version: '1.0.0',
  reads: [
    'respiratoryRate',
    'oxygenSaturation',
    'onOxygen',
    'systolicPressure',
    'heartRate',
    'consciousness',
    'gcs',
    'temperature',
  ],
  fromAge: 16,
};

const MEANING: Readonly<Record<ScoreBand, string>> = {
  low: 'Low clinical risk; the chart describes a ward-based response.',
  'low-medium': 'Three points in one input; the chart describes an urgent ward-based response.',
  medium: 'Medium clinical risk, the key threshold; the chart describes an urgent response.',
  high: 'High clinical risk; the chart describes an urgent or emergency response.',
};

/** The chart's parameters and the most each can add: 3, but 2 for oxygen. */
const WORST: Readonly<Partial<Record<VitalName, number>>> = {
  respiratoryRate: 3,
  oxygenSaturation: 3,
  onOxygen: 2,
  systolicPressure: 3,
  heartRate: 3,
  consciousness: 3,
  temperature: 3,
};
const PARTS = Object.keys(WORST) as readonly VitalName[];

function respirationPoints(rate: number): number {
  const r = toInteger(rate);
  if (r <= 8 || r >= 25) return 3;
  if (r <= 11) return 1;
  return r <= 20 ? 0 : 2;
}

function saturationPoints(saturation: number): number {
  const s = toInteger(saturation);
  if (s <= 91) return 3;
  if (s <= 93) return 2;
  return s <= 95 ? 1 : 0;
}

/** Scale 2. Undefined: 93 % and over means nothing until it is known whether oxygen is given. */
function hypercapnicPoints(saturation: number, onOxygen: boolean | undefined): number | undefined {
  const s = toInteger(saturation);
  if (s <= 83) return 3;
  if (s <= 85) return 2;
  if (s <= 87) return 1;
  if (s <= 92) return 0;
  if (onOxygen === undefined) return undefined;
  if (!onOxygen) return 0;
  if (s <= 94) return 1;
  return s <= 96 ? 2 : 3;
}

function pressurePoints(systolic: number): number {
  const p = toInteger(systolic);
  if (p <= 90 || p >= 220) return 3;
  if (p <= 100) return 2;
  return p <= 110 ? 1 : 0;
}

function pulsePoints(rate: number): number {
  const h = toInteger(rate);
  if (h <= 40 || h >= 131) return 3;
  if (h <= 50) return 1;
  if (h <= 90) return 0;
  return h <= 110 ? 1 : 2;
}

function temperaturePoints(temperature: number): number {
  const t = toTenths(temperature);
  if (t <= 350) return 3;
  if (t <= 360) return 1;
  if (t <= 380) return 0;
  return t <= 390 ? 1 : 2;
}

function bandOf(total: number, anyThree: boolean): ScoreBand {
  if (total >= 7) return 'high';
  if (total >= 5) return 'medium';
  return anyThree ? 'low-medium' : 'low';
}

/** Points of each input that is known. Inputs stand in the order of the chart. */
function contributionsOf(known: KnownVitals, scale: 1 | 2): readonly ScoreContribution[] {
  const { vitals } = known;
  const { respiratoryRate, oxygenSaturation, onOxygen, systolicPressure, heartRate, consciousness, gcs } = vitals;
  const parts: ScoreContribution[] = [];
  const add = (name: VitalName, points: number | undefined): void => {
    if (points !== undefined) parts.push(contribution(known, name, points));
  };
  if (respiratoryRate !== undefined) add('respiratoryRate', respirationPoints(respiratoryRate));
  if (oxygenSaturation !== undefined)
    add(
      'oxygenSaturation',
      scale === 2 ? hypercapnicPoints(oxygenSaturation, onOxygen) : saturationPoints(oxygenSaturation),
    );
  if (onOxygen !== undefined) add('onOxygen', onOxygen ? 2 : 0);
  if (systolicPressure !== undefined) add('systolicPressure', pressurePoints(systolicPressure));
  if (heartRate !== undefined) add('heartRate', pulsePoints(heartRate));
  if (consciousness !== undefined) add('consciousness', consciousness === 'A' ? 0 : 3);
  else if (gcs !== undefined) add('gcs', gcs === 15 ? 0 : 3);
  if (vitals.temperature !== undefined) add('temperature', temperaturePoints(vitals.temperature));
  return parts;
}

/**
 * National Early Warning Score 2 (Royal College of Physicians 2017, chart 1), 0 to 20: adults of 16 and over, not in pregnancy. Rates,
 * pressure and saturation are rounded to integers and temperature to 0.1 Cel before banding, halves up. SpO2 scale 2 only on a
 * recorded decision (`scale2Decision` with a name and a time no later than `at`). Without a level of consciousness, a Glasgow coma score
 * of 15 stands for alert and a lower one for not alert: the report counts confusion as new until known otherwise.
 * A missing input adds nothing and is listed. On scale 2 a saturation of 93 % and over is listed with oxygen when that is not known.
 */
export function news2(vitals: Vitals, context: ScoreContext = {}): Score | ScoreRefusal {
  const known = knownVitals(RULE, vitals, context);
  if ('kind' in known) return known;
  const decision = context.scale2Decision;
  const decided = decision !== undefined && decision.by.trim() !== '' && Number.isFinite(decision.at);
  const scale = decided && !(context.at !== undefined && decision.at > context.at) ? 2 : 1;
  const contributions = contributionsOf(known, scale);
  const missing = PARTS.filter((part) =>
    contributions.every(({ name }) => name !== part && !(part === 'consciousness' && name === 'gcs')),
  );
  const worst = missing.reduce((sum, name) => sum + (WORST[name] ?? 0), 0);
  const derived = contributions.some(({ name }) => name === 'gcs') ? ['consciousness from the Glasgow coma score'] : [];
  const anyThree = contributions.some(({ points }) => points === 3);
  const band = bandOf(sumOf(contributions), anyThree);
  return scoreOf(
    RULE,
    { contributions, missing, worst, derived },
    { band, meaning: MEANING[band], anyThree, spo2Scale: scale },
  );
}
