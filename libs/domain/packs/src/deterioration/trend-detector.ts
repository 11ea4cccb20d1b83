import {
  DETERIORATION_TREND,
  EMPTY_TREND,
  observeTrend,
  trendRisk,
  type TrendRisk,
  type TrendState,
} from '#libs/domain/deterioration';
import { measureByNumber } from '#libs/domain/quantities';
import {
  ageAt,
  isPregnantAt,
  mapFinding,
  mapRecord,
  type Circumstances,
  type Cited,
  type Citing,
  type Detector,
  type DetectorStep,
  type Finding,
  type Sample,
} from '#libs/domain/twin';
import { TREND } from './deterioration-rules.js';
import { hold, NOT_HELD, type Hold } from '../hold.js';

const MINUTE = 60_000;
/** The score changes over hours: evaluating every value would cost much and add nothing. */
const JUDGED_EVERY = 5 * MINUTE;
const CODES = [1, 3, 4, 5, 7, 8, 9, 16] as const;

interface Memory {
  readonly state: TrendState;
  /** Newest value by catalogue number, for the evidence. */
  readonly inputs: Readonly<Record<string, Cited>>;
  /** Number of the five minutes last judged. */
  readonly cell: number | null;
  readonly medium: Hold;
  readonly high: Hold;
  readonly finding: Finding | null;
}

const EMPTY: Memory = { state: EMPTY_TREND, inputs: {}, cell: null, medium: NOT_HELD, high: NOT_HELD, finding: null };
const NONE: DetectorStep['holds'] = {};

function step(memory: unknown, { cited }: Sample, at: Circumstances): DetectorStep {
  const before = (memory as Memory | null) ?? EMPTY;
  const { t, x, quality, code } = cited;
  const name = measureByNumber(code)?.name;
  const known = before.inputs[code];
  const cell = Math.floor(at.now / JUDGED_EVERY);
  const isNew = known === undefined || t - known.t >= MINUTE || t < known.t;
  // One good value a minute is charted: the chart keeps one an hour.
  const charted = quality === 0 && isNew && name !== undefined;
  if (!charted && cell === before.cell) return { memory: before, holds: holdsOf(before) };
  const observed: Memory = charted
    ? {
        ...before,
        state: observeTrend(before.state, { t, name, value: x }),
        inputs: known === undefined || t > known.t ? { ...before.inputs, [code]: cited } : before.inputs,
      }
    : before;
  if (cell === before.cell) return { memory: observed, holds: holdsOf(observed) };
  const next = judged(observed, cell, at);
  return { memory: next, holds: holdsOf(next) };
}

function holdsOf({ medium, high, finding }: Memory): DetectorStep['holds'] {
  return finding !== null && (medium.on || high.on) ? { 'deterioration-trend': finding } : NONE;
}

function judged(memory: Memory, cell: number, at: Circumstances): Memory {
  const age = ageAt(at.person, at.now);
  const context = { pregnant: isPregnantAt(at.person, at.now), ...(age === null ? undefined : { ageYears: age }) };
  const risk = trendRisk(memory.state, at.now, context);
  const limits = at.limitsOf(TREND);
  const persistence = {
    forMs: limits['forSeconds']! * 1000,
    clearMs: limits['clearForSeconds']! * 1000,
    atOnce: false,
  };
  const { bands } = DETERIORATION_TREND;
  // Refused: no condition is known to hold. An emitted alert clears below its own, lower limit.
  const score = risk.kind === 'risk' ? risk.score : Number.NEGATIVE_INFINITY;
  const isMet = ({ on }: Hold, { raise, clear }: typeof bands.medium): boolean => score >= (on ? clear : raise);
  const medium = hold(memory.medium, isMet(memory.medium, bands.medium), at.now, persistence);
  const high = hold(memory.high, isMet(memory.high, bands.high), at.now, persistence);
  const finding = risk.kind === 'risk' ? findingOf(memory.inputs, risk, high.on) : memory.finding;
  return { ...memory, cell, medium, high, finding: medium.on || high.on ? finding : null };
}

function findingOf(inputs: Memory['inputs'], risk: Extract<TrendRisk, { kind: 'risk' }>, isHigh: boolean): Finding {
  const { score, intercept, contributions, missing } = risk;
  const strongest = contributions.reduce((a, b) => (b.contribution > a.contribution ? b : a));
  return {
    // A model alone never gives a high priority alarm.
    rank: isHigh ? 2 : 1,
    weight: score,
    cites: Object.values(inputs).sort((a, b) => a.t - b.t),
    words: `24-h trend suggests deterioration; largest contributor: ${strongest.name}`,
    limit: DETERIORATION_TREND.bands[isHigh ? 'high' : 'medium'].raise,
    limitName: isHigh ? 'high' : 'medium',
    unit: '1',
    comparison: 'at-or-above',
    score,
    intercept,
    contributions: contributions.map(({ name, value, contribution }) => ({ name, value, contribution })),
    missing,
  };
}

export const TREND_DETECTOR: Detector = {
  id: 'deterioration-trend',
  codes: CODES,
  rules: [TREND],
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
