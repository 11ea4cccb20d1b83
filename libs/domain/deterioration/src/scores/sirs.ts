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

/** One input and when it meets its criterion. */
type Test = readonly [name: VitalName, met: (value: number) => boolean];

/** The four criteria. Each has an input that can rule it out (first), and may have one that can only meet it. */
const CRITERIA: ReadonlyArray<readonly [Test, ...Test[]]> = [
  [['temperature', (value) => value > 38 || value < 36]],
  [['heartRate', (value) => value > 90]],
  [
    ['respiratoryRate', (value) => value > 20],
    ['paco2', (value) => value < 32],
  ],
  [
    ['whiteCells', (value) => value > 12 || value < 4],
    ['bandsPercent', (value) => value > 10],
  ],
];

const RULE: ScoreRule = {
  rule: 'sirs',
  version: '1.0.0',
  reads: CRITERIA.flatMap((tests) => tests.map(([name]) => name)),
  fromAge: 18,
};

/**
 * Criteria of the systemic inflammatory response syndrome (Bone et al., Chest 1992;101:1644-1655), 0 to 4; 2 and over is positive. Adults of 18
 * and over, not in pregnancy. A criterion with two inputs gives its point to the first that meets it, never two. It counts as known when it is
 * met or its first input is there; otherwise that input is missing. The values are compared as they are, not rounded.
 */
export function sirs(vitals: Vitals, context: ScoreContext = {}): Score | ScoreRefusal {
  const known = knownVitals(RULE, vitals, context);
  if ('kind' in known) return known;
  const contributions: ScoreContribution[] = [];
  const missing: VitalName[] = [];
  for (const tests of CRITERIA) {
    let met = false;
    for (const [name, isMetBy] of tests) {
      const value = known.vitals[name];
      if (typeof value !== 'number') continue;
      const points: number = !met && isMetBy(withoutNoise(value)) ? 1 : 0;
      contributions.push(contribution(known, name, points));
      met ||= points === 1;
    }
    const [first] = tests[0];
    if (!met && known.vitals[first] === undefined) missing.push(first);
  }
  const band = sumOf(contributions) >= 2 ? 'high' : 'low';
  const meaning = band === 'high' ? 'Two or more criteria of four.' : 'Fewer than two criteria of four.';
  return scoreOf(RULE, { contributions, missing, worst: missing.length }, { band, meaning });
}
