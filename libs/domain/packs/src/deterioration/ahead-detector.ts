import type { Subject } from '#libs/domain/forecasting';
import {
  ageAt,
  isPregnantAt,
  mapFinding,
  mapRecord,
  sensorOf,
  type Circumstances,
  type Cited,
  type Citing,
  type Detector,
  type DetectorStep,
  type Finding,
  type Sample,
} from '#libs/domain/twin';
import {
  deteriorationRisk,
  memoryOf,
  taken,
  VITAL_SIGNS,
  type DeteriorationRisk,
  type VitalMemory,
} from '#libs/domain/vital-forecast';
import { hold, NOT_HELD, type Hold } from '../hold.js';
import { DETERIORATION_AHEAD } from './ahead-rule.js';

const MINUTE = 60_000;
/** What is predicted lies hours ahead: evaluating every value would cost much and add nothing. */
const JUDGED_EVERY = 5 * MINUTE;

interface Memory {
  /** One good value a minute: a detector does not see what the forecaster remembers. */
  readonly vitals: VitalMemory;
  /** Newest value by catalogue number, for the evidence. */
  readonly inputs: Readonly<Record<string, Cited>>;
  /** Number of the five minutes last judged. */
  readonly cell: number | null;
  readonly held: Hold;
  readonly finding: Finding | null;
}

const EMPTY: Memory = { vitals: memoryOf(null), inputs: {}, cell: null, held: NOT_HELD, finding: null };

function step(memory: unknown, { cited, device }: Sample, at: Circumstances): DetectorStep {
  const before = (memory as Memory | null) ?? EMPTY;
  const { identity, t, x, quality, code } = cited;
  const source = sensorOf(cited.source, device);
  const known = before.inputs[code];
  const cell = Math.floor(at.now / JUDGED_EVERY);
  const isCharted = quality === 0 && (known === undefined || t - known.t >= MINUTE || t < known.t);
  if (!isCharted && cell === before.cell) return { memory: before, holds: holdsOf(before) };
  const observed: Memory = isCharted
    ? {
        ...before,
        vitals: taken(before.vitals, { identity, code, t, x, quality, source, isWithdrawn: false }),
        inputs: known === undefined || t > known.t ? { ...before.inputs, [code]: cited } : before.inputs,
      }
    : before;
  const next = cell === before.cell ? observed : judged(observed, cell, at);
  return { memory: next, holds: holdsOf(next) };
}

function holdsOf({ held, finding }: Memory): DetectorStep['holds'] {
  return finding !== null && held.on ? { [DETERIORATION_AHEAD.id]: finding } : {};
}

function judged(memory: Memory, cell: number, at: Circumstances): Memory {
  const age = ageAt(at.person, at.now);
  const about: Subject = {
    ageYears: age === null ? null : Math.floor(age),
    isPregnant: isPregnantAt(at.person, at.now),
    weightKg: null,
    parameters: null,
  };
  const risk = deteriorationRisk(memory.vitals, about);
  const limits = at.limitsOf(DETERIORATION_AHEAD);
  const limit = limits[memory.held.on ? 'clearProbability' : 'probability']!;
  // Refused: no condition is known to hold.
  const isMet = risk.kind === 'risk' && risk.probability >= limit;
  const held = hold(memory.held, isMet, at.now, {
    forMs: limits['forSeconds']! * 1000,
    clearMs: limits['clearForSeconds']! * 1000,
    atOnce: false,
  });
  const finding = risk.kind === 'risk' ? findingOf(memory.inputs, risk, limits['probability']!) : memory.finding;
  return { ...memory, cell, held, finding: held.on ? finding : null };
}

function findingOf(inputs: Memory['inputs'], risk: DeteriorationRisk, limit: number): Finding {
  const { probability, intercept, contributions, missing } = risk;
  const strongest = contributions.reduce((a, b) => (b.contribution > a.contribution ? b : a));
  return {
    rank: 1,
    weight: probability,
    cites: Object.values(inputs).sort((a, b) => a.t - b.t),
    words: `Unstable vital signs predicted within 12 h, probability ${probability.toFixed(2)}; largest contributor: ${strongest.name}`,
    limit,
    limitName: 'probability',
    unit: '1',
    comparison: 'at-or-above',
    score: contributions.reduce((sum, { contribution }) => sum + contribution, intercept),
    intercept,
    contributions: contributions.map(({ name, value, contribution }) => ({ name, value, contribution })),
    missing,
  };
}

export const AHEAD_DETECTOR: Detector = {
  id: 'deterioration-ahead',
  codes: VITAL_SIGNS.map(({ code }) => code),
  rules: [DETERIORATION_AHEAD],
  late: 'as-it-comes',
  step,
  mapCited: <A, B>(memory: unknown, form: (cited: A) => B) => {
    const before = memory as Citing<A, Memory>;
    const { inputs, finding } = before;
    return {
      ...before,
      inputs: mapRecord(inputs, form),
      finding: finding === null ? null : mapFinding(finding, form),
    };
  },
};
