import {
  mews,
  qsofa,
  sirs,
  type Score,
  type ScoreContext,
  type ScoreRefusal,
  type Vitals,
} from '#libs/domain/deterioration';
import { measureByNumber, type MeasureName } from '#libs/domain/quantities';
import { ageAt, isPregnantAt, type Cited, type Derived, type LatestMeasure, type Person } from '#libs/domain/twin';

/** An input counts for as long as the chart of a stable patient leaves between two full sets: 12 h. */
const FRESH_MS = 12 * 3_600_000;

const INPUTS = {
  'respiratory-rate': 'respiratoryRate',
  'systolic-pressure': 'systolicPressure',
  'heart-rate': 'heartRate',
  'body-temperature': 'temperature',
  'glasgow-coma-score': 'gcs',
} as const satisfies Readonly<Partial<Record<MeasureName, keyof Vitals>>>;
type InputName = keyof typeof INPUTS;

type Scoring = (vitals: Vitals, context: ScoreContext) => Score | ScoreRefusal;

/** A score of the latest values. A missing input is missing, never normal: the total is then the least it can be, `atMost` the most; refused when most are. */
function bedsideScore(name: string, title: string, of: readonly InputName[], scoring: Scoring): LatestMeasure {
  return {
    kind: 'latest',
    name,
    title,
    unit: '{score}',
    of,
    partly: true,
    read: (latest, person) => read(scoring, latest, person),
  };
}

function read(scoring: Scoring, latest: readonly Cited[], person: Person): Derived {
  const at = Math.max(...latest.map(({ t }) => t));
  const fresh = latest.filter(({ t }) => at - t <= FRESH_MS);
  const vitals = Object.fromEntries(fresh.map(({ x, code }) => [INPUTS[measureByNumber(code)!.name as InputName], x]));
  const age = ageAt(person, at);
  const context = { at, pregnant: isPregnantAt(person, at), ...(age === null ? undefined : { ageYears: age }) };
  const score = scoring(vitals, context);
  if (score.kind === 'refused') return { refused: score.reason };
  const { total, atMost, missing, contributions } = score;
  if (missing.length > contributions.length) return { refused: 'too-few-inputs' };
  const oldest = Math.min(...fresh.map(({ t }) => t));
  return { value: total, parts: { atMost, missing: missing.length, oldestSeconds: Math.round((at - oldest) / 1000) } };
}

/** Scores that raise no alert of their own: NEWS2 does (docs/clinical/rules/mews.md, qsofa.md, sirs.md). */
export const BEDSIDE_SCORES: readonly LatestMeasure[] = [
  bedsideScore(
    'mews',
    'Modified early warning score',
    ['systolic-pressure', 'heart-rate', 'respiratory-rate', 'body-temperature', 'glasgow-coma-score'],
    mews,
  ),
  bedsideScore('qsofa', 'Quick SOFA', ['respiratory-rate', 'systolic-pressure', 'glasgow-coma-score'], qsofa),
  bedsideScore('sirs', 'SIRS criteria', ['body-temperature', 'heart-rate', 'respiratory-rate'], sirs),
];
