import { isPossible, type VitalName, type VitalValue, type Vitals } from './score-inputs.js';
import { monitoringOf, staleAfter, type Monitoring } from './monitoring.js';

export type ScoreName = 'news2' | 'mews' | 'qsofa' | 'sirs' | 'shock-index';

/** Who the patient is and when the values were taken, as far as known. */
export interface ScoreContext {
  readonly ageYears?: number;
  readonly pregnant?: boolean;
  /** When the score is asked for, ms. A value taken later is not known yet, and missing. */
  readonly at?: number;
  /** When each value was taken, ms. */
  readonly times?: Readonly<Partial<Record<VitalName, number>>>;
  /** NEWS2 only: who decided when (ms) that SpO2 scale 2 holds for this patient. Nothing else turns it on. */
  readonly scale2Decision?: { readonly by: string; readonly at: number };
}

/** What one input adds. */
export interface ScoreContribution {
  readonly name: VitalName | 'shockIndex';
  /** As given, before rounding. */
  readonly value: VitalValue;
  readonly points: number;
  /** Known where `at` and the time of the value were given. */
  readonly ageMs?: number;
}

export type ScoreBand = 'low' | 'low-medium' | 'medium' | 'high';

export interface Score {
  readonly kind: 'score';
  readonly rule: ScoreName;
  readonly version: string;
  /** Sum of the points of the contributions. Of a partial score: of what is known. */
  readonly total: number;
  /** The most the total could be if the missing inputs were at their worst; equals `total` when complete. */
  readonly atMost: number;
  readonly complete: boolean;
  readonly contributions: readonly ScoreContribution[];
  readonly missing: readonly VitalName[];
  /** Inputs that count but are older than their freshness (monitoring.ts). Empty where ages are not known. */
  readonly stale: readonly VitalName[];
  /** Inputs read off another one, in words. */
  readonly derived: readonly string[];
  /** Of a partial score the lowest band it can be. */
  readonly band: ScoreBand;
  /** What the publication says the band means. A description, not advice. */
  readonly meaning: string;
  /** NEWS2: an input has three points by itself. */
  readonly anyThree?: boolean;
  /** NEWS2: the scale that was used. */
  readonly spo2Scale?: 1 | 2;
  /** NEWS2: how often the chart has the patient observed. The other scores imply none. */
  readonly monitoring?: Monitoring;
  /** Shock index: heart rate / mean pressure, where there is one. */
  readonly modified?: number;
}

export interface ScoreRefusal {
  readonly kind: 'refused';
  readonly rule: ScoreName;
  readonly version: string;
  readonly reason: 'under-16' | 'under-18' | 'pregnant' | 'no-inputs' | 'implausible-input' | 'bad-time';
  /** One plain sentence; names the input where there is one. */
  readonly detail: string;
}

/** Of a rule: its name, version, the inputs it can read and the youngest patients it is for. */
export interface ScoreRule {
  readonly rule: ScoreName;
  readonly version: string;
  readonly reads: readonly VitalName[];
  readonly fromAge: 16 | 18;
}

/** Values that are there, and how old. */
export interface KnownVitals {
  readonly vitals: { readonly [Name in VitalName]?: NonNullable<Vitals[Name]> };
  readonly ageOf: (name: VitalName) => number | undefined;
}

export function refusal({ rule, version }: ScoreRule, reason: ScoreRefusal['reason'], detail: string): ScoreRefusal {
  return { kind: 'refused', rule, version, reason, detail };
}

function outsidePopulation(rule: ScoreRule, { ageYears, pregnant, at }: ScoreContext): ScoreRefusal | undefined {
  if (ageYears != null && !(ageYears >= rule.fromAge))
    return refusal(rule, `under-${rule.fromAge}`, `For ${rule.fromAge} years and over only.`);
  if (pregnant === true) return refusal(rule, 'pregnant', 'Not for pregnancy, whose normal values differ.');
  if (at !== undefined && !Number.isFinite(at)) return refusal(rule, 'bad-time', 'The time asked for is no time.');
  return undefined;
}

/** The inputs a rule reads, checked; refuses outside its population, on impossible values and with nothing to score. */
export function knownVitals(rule: ScoreRule, vitals: Vitals, context: ScoreContext): KnownVitals | ScoreRefusal {
  const outside = outsidePopulation(rule, context);
  if (outside) return outside;
  const { at, times = {} } = context;
  const known: Partial<Record<VitalName, VitalValue>> = {};
  for (const name of rule.reads) {
    const value: unknown = vitals[name];
    const taken = times[name];
    if (value === undefined || value === null) continue;
    if (taken !== undefined && !Number.isFinite(taken))
      return refusal(rule, 'bad-time', `The time of ${name} is no time.`);
    if (at !== undefined && taken !== undefined && taken > at) continue;
    if (!isPossible(name, value))
      return refusal(rule, 'implausible-input', `${name} cannot be ${JSON.stringify(value) ?? 'that'}.`);
    known[name] = value;
  }
  if (Object.keys(known).length === 0) return refusal(rule, 'no-inputs', 'None of the inputs is known.');
  const ageOf = (name: VitalName): number | undefined => {
    const taken = times[name];
    return at === undefined || taken === undefined ? undefined : at - taken;
  };
  return { vitals: known as KnownVitals['vitals'], ageOf };
}

export function contribution({ vitals, ageOf }: KnownVitals, name: VitalName, points: number): ScoreContribution {
  const ageMs = ageOf(name);
  const value = vitals[name]!;
  return ageMs === undefined ? { name, value, points } : { name, value, points, ageMs };
}

/** What a rule found; `worst` is the most the missing inputs could add. */
export interface Findings {
  readonly contributions: readonly ScoreContribution[];
  readonly missing: readonly VitalName[];
  readonly worst: number;
  readonly derived?: readonly string[];
}

export function sumOf(contributions: readonly ScoreContribution[]): number {
  return contributions.reduce((sum, { points }) => sum + points, 0);
}

/** The score of what a rule found; refuses when nothing at all could be scored. */
export function scoreOf(
  rule: ScoreRule,
  { contributions, missing, worst, derived = [] }: Findings,
  rest: Pick<Score, 'band' | 'meaning' | 'anyThree' | 'spo2Scale' | 'modified'>,
): Score | ScoreRefusal {
  if (contributions.length === 0) return refusal(rule, 'no-inputs', 'What is known is not enough for any part.');
  const total = sumOf(contributions);
  const monitoring = rule.rule === 'news2' ? monitoringOf(rest.band, total) : undefined;
  const stale: VitalName[] = [];
  for (const { name, ageMs } of contributions) {
    if (name !== 'shockIndex' && ageMs !== undefined && ageMs > staleAfter(name, monitoring)) stale.push(name);
  }
  return {
    kind: 'score',
    rule: rule.rule,
    version: rule.version,
    total,
    atMost: total + worst,
    complete: missing.length === 0,
    contributions,
    missing,
    stale,
    derived,
    ...rest,
    ...(monitoring === undefined ? {} : { monitoring }),
  };
}
