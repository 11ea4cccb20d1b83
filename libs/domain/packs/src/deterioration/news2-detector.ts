import {
  EMPTY_COURSE,
  news2,
  recordScore,
  trendOf,
  type Score,
  type ScoreContext,
  type ScoreCourse,
  type VitalName,
  type Vitals,
} from '#libs/domain/deterioration';
import {
  ageAt,
  inOrder,
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
import { NEWS2 } from './deterioration-rules.js';
import { hold, NOT_HELD, type Hold } from '../hold.js';

const MINUTE = 60_000;
/** Of a monitor's values one in so long is taken: the score moves by minutes. What was measured again after it counts. */
const TAKEN_EVERY = 20_000;
const HOUR = 60 * MINUTE;
/** Values of one measure this close together come from a monitor, not from a chart. */
const CONTINUOUS = 10 * MINUTE;
/** Fewer inputs are no score. */
export const MIN_INPUTS = 3;
/** Oxygen in air, %. */
const AIR = 21;

export interface News2Memory {
  /** Newest value by catalogue number. */
  readonly inputs: Readonly<Record<string, Cited>>;
  readonly medium: Hold;
  readonly high: Hold;
  readonly course: ScoreCourse;
  /** What was found when it was last judged, while it holds. */
  readonly finding: Finding | null;
}

const EMPTY: News2Memory = { inputs: {}, medium: NOT_HELD, high: NOT_HELD, course: EMPTY_COURSE, finding: null };
const NONE: DetectorStep['holds'] = {};
const NAMED: ReadonlyArray<readonly [code: number, name: Exclude<VitalName, 'onOxygen'>]> = [
  [1, 'heartRate'],
  [3, 'oxygenSaturation'],
  [4, 'respiratoryRate'],
  [5, 'systolicPressure'],
  [8, 'temperature'],
  [17, 'gcs'],
];
const OXYGEN = [15, 16] as const;

/** NEWS2 from the newest values, whatever order they come in. */
function step(memory: unknown, { cited }: Sample, at: Circumstances): DetectorStep {
  const before = (memory as News2Memory | null) ?? EMPTY;
  const code = cited.code;
  const known = before.inputs[code];
  if (known !== undefined && inOrder(known, cited) >= 0) return { memory: before, holds: holdsOf(before) };
  if (known !== undefined && cited.t > known.t && cited.t - known.t < TAKEN_EVERY) {
    return { memory: before, holds: holdsOf(before) };
  }
  const inputs = { ...before.inputs, [code]: cited };
  const limits = at.limitsOf(NEWS2);
  const score = scoreOf(inputs, at);
  const total = score?.total ?? 0;
  const counts = score !== null && score.contributions.length >= MIN_INPUTS;
  const persistence = {
    forMs: limits['forSeconds']! * 1000,
    clearMs: limits['clearForSeconds']! * 1000,
    atOnce: known === undefined || cited.t - known.t > CONTINUOUS,
  };
  const isMedium = counts && (total >= limits['medium']! || score.anyThree === true);
  const medium = hold(before.medium, isMedium, at.now, persistence);
  const high = hold(before.high, counts && total >= limits['high']!, at.now, persistence);
  const holds = (medium.on || high.on) && score !== null;
  const course = counts ? recordScore(before.course, at.now, total, score.complete) : before.course;
  const finding = holds ? findingOf(inputs, high.on, score, limits, notesOf(score, course, at.now)) : null;
  const next: News2Memory = { inputs, medium, high, course, finding };
  return { memory: next, holds: holdsOf(next) };
}

function holdsOf({ finding }: News2Memory): DetectorStep['holds'] {
  return finding === null ? NONE : { news2: finding };
}

/** The score of the newest values; null where the rule does not judge the person. */
export function scoreOf(
  inputs: News2Memory['inputs'],
  { now, person, limitsOf }: Pick<Circumstances, 'now' | 'person' | 'limitsOf'>,
): Score | null {
  const limits = limitsOf(NEWS2);
  const oldest = now - limits['freshHours']! * HOUR;
  const vitals: Partial<Record<VitalName, number | boolean>> = {};
  const times: Partial<Record<VitalName, number>> = {};
  for (const [code, name] of NAMED) {
    const cited = inputs[code];
    if (cited === undefined || cited.t < oldest) continue;
    times[name] = cited.t;
    vitals[name] = cited.x;
  }
  const oxygen = oxygenOf(inputs, oldest);
  if (oxygen !== undefined) {
    vitals.onOxygen = oxygen.given;
    times.onOxygen = oxygen.t;
  }
  const age = ageAt(person, now);
  const context: ScoreContext = {
    at: now,
    times,
    pregnant: isPregnantAt(person, now),
    ...(age === null ? undefined : { ageYears: age }),
    ...(limits['saturationScale'] === 2 ? { scale2Decision: { by: 'limit of the rule', at: now } } : undefined),
  };
  const score = news2(vitals as unknown as Vitals, context);
  return score.kind === 'score' ? score : null;
}

/** Whether oxygen is given follows from the newer of flow and fraction of inspired oxygen. */
function oxygenOf(
  inputs: News2Memory['inputs'],
  oldest: number,
): { readonly given: boolean; readonly t: number } | undefined {
  const [flow, share] = OXYGEN.map((code) => inputs[code]).map((cited) =>
    cited === undefined || cited.t < oldest ? undefined : cited,
  );
  if (flow !== undefined && (share === undefined || flow.t >= share.t)) return { given: flow.x > 0, t: flow.t };
  return share === undefined ? undefined : { given: share.x > AIR, t: share.t };
}

/** The course, what the chart has the patient observed by, and what stands for what. */
function notesOf(score: Score, course: ScoreCourse, now: number): readonly string[] {
  const { slopePerHour, highest24h, sinceFullMs } = trendOf(course, now);
  const notes = [...score.derived];
  if (score.monitoring !== undefined) notes.push(`recommended observation: ${score.monitoring.words}`);
  if (slopePerHour !== undefined) notes.push(`${slopePerHour.toFixed(1)} points/h over the last 8 h`);
  if (highest24h !== undefined) notes.push(`highest in 24 h: ${highest24h}`);
  notes.push(
    sinceFullMs === undefined
      ? 'no complete set of inputs yet'
      : `last complete set ${Math.round(sinceFullMs / MINUTE)} min ago`,
  );
  if (score.stale.length > 0) notes.push(`overdue: ${score.stale.join(', ')}`);
  return notes;
}

function findingOf(
  inputs: News2Memory['inputs'],
  isHigh: boolean,
  score: Score,
  limits: Readonly<Record<string, number>>,
  notes: readonly string[],
): Finding {
  const cites = Object.values(inputs).sort(inOrder);
  const full = isHigh ? 3 : 2;
  // Doubtful values alone count one severity lower.
  const rank = cites.every((cited) => cited.quality !== 0) ? full - 1 : full;
  const limitName = isHigh ? 'high' : 'medium';
  const total = score.complete
    ? score.total
    : `at least ${score.total}, with ${score.missing.length} of 7 inputs missing`;
  return {
    rank: rank as 1 | 2 | 3,
    weight: score.total,
    cites,
    words: `NEWS2 is ${total}`,
    limit: limits[limitName]!,
    limitName,
    unit: '{score}',
    comparison: 'at-or-above',
    score: score.total,
    contributions: score.contributions.map(({ name, value, points }) => ({
      name,
      value: typeof value === 'boolean' ? String(value) : value,
      contribution: points,
    })),
    notes,
    missing: score.missing,
  };
}

/** Values that were corrected or withdrawn no longer count. */
function forget(memory: unknown, identities: ReadonlySet<string>): unknown {
  const before = memory as News2Memory | null;
  if (before === null) return null;
  const kept = Object.entries(before.inputs).filter(([, cited]) => !identities.has(cited.identity));
  if (kept.length === Object.keys(before.inputs).length) return before;
  return { ...before, inputs: Object.fromEntries(kept) };
}

export const NEWS2_DETECTOR: Detector = {
  id: 'news2',
  codes: [...NAMED.map(([code]) => code), ...OXYGEN],
  rules: [NEWS2],
  late: 'as-it-comes',
  step,
  forget,
  mapCited: <A, B>(memory: unknown, form: (cited: A) => B) => {
    const before = memory as Citing<A, News2Memory>;
    const { inputs, finding } = before;
    return {
      ...before,
      inputs: mapRecord(inputs, form),
      finding: finding === null ? null : mapFinding(finding, form),
    };
  },
};
