import {
  QUIET,
  stepLow,
  stepLowSoon,
  type LowForecast,
  type LowName,
  type LowSoonState,
  type LowState,
} from '#libs/domain/glucose';
import { lowProbabilities, type LowProbabilities } from '#libs/domain/glucose-forecast';
import {
  mapFinding,
  mapRecord,
  RANKS,
  sensorOf,
  takenOver,
  type Circumstances,
  type Cited,
  type Citing,
  type Detector,
  type DetectorStep,
  type Finding,
  type Sample,
  type StreamRule,
} from '#libs/domain/twin';
import { LOW_AHEAD_RULE, URGENT_LOW_AHEAD_RULE } from './low-ahead-rules.js';
import { EARLY_LOW_SOON_RULE, LOW_SOON_RULE, URGENT_LOW_SOON_RULE } from './glucose-rules.js';

const MINUTE = 60_000;
/** Maximum number of sensors tracked; the one silent for longest is dropped first. */
const SOURCES_KEPT = 3;
/** The findings of a source silent for this long no longer count. */
const SILENT = 60 * MINUTE;
/** The forecast rests on half an hour of readings; of these the newest is cited, and those before it about 10 min apart. */
const CITED_WITHIN = 36 * MINUTE;
const CITED_APART = 9 * MINUTE;

interface Sensor {
  readonly state: LowSoonState;
  /** Of the rules on the forecast distribution; one that is neither reported nor low is left out, and all where none is. */
  readonly ahead?: Ahead;
  readonly cites: readonly Cited[];
  readonly findings: Readonly<Record<string, Finding>>;
}

type Memory = Readonly<Record<string, Sensor>>;

const NONE: Sensor['findings'] = {};

const LOW = 'below 70 mg/dL within 30 min';
const URGENT_LOW = 'at or below 55 mg/dL within 20 min';

/** A rule, what it predicts, and what values are such a low already. */
interface Predicted {
  readonly rule: StreamRule;
  readonly words: string;
  readonly isLow: (mgdl: number) => boolean;
}

const isLow = (x: number): boolean => x < 70;
const isUrgentLow = (x: number): boolean => x <= 55;
const FORECASTS: readonly (Predicted & { readonly name: LowName })[] = [
  { name: 'low', rule: LOW_SOON_RULE, words: LOW, isLow },
  { name: 'earlyLow', rule: EARLY_LOW_SOON_RULE, words: LOW, isLow },
  { name: 'urgentLow', rule: URGENT_LOW_SOON_RULE, words: URGENT_LOW, isLow: isUrgentLow },
];

type AheadName = keyof LowProbabilities;
type Ahead = Readonly<Partial<Record<AheadName, LowState>>>;

/** Rules on the distribution of `glucose-forecast`, each with the values that are such a low. */
const AHEAD: readonly (Predicted & { readonly name: AheadName })[] = [
  { name: 'low', rule: LOW_AHEAD_RULE, words: LOW, isLow },
  { name: 'urgentLow', rule: URGENT_LOW_AHEAD_RULE, words: URGENT_LOW, isLow: isUrgentLow },
];
/** After so long without readings they begin anew; an unpredicted low is reported after two readings 5 min apart. As `stepLowSoon` has it. */
const GAP = 60 * MINUTE;
const LOW_FOR = 4.5 * MINUTE;

function step(memory: unknown, { cited, device }: Sample, at: Circumstances): DetectorStep {
  const sensor = sensorOf(cited.source, device);
  const before = takenOver((memory as Memory | null) ?? {}, cited.source, sensor);
  const { t, x } = cited;
  const old = Object.hasOwn(before, sensor) ? before[sensor] : undefined;
  const limits = {
    low: limitsOf(at, LOW_SOON_RULE),
    earlyLow: limitsOf(at, EARLY_LOW_SOON_RULE),
    urgentLow: limitsOf(at, URGENT_LOW_SOON_RULE),
  };
  const { state, on, forecasts } = stepLowSoon(old?.state ?? null, t, x, limits);
  if (state === old?.state) return { memory: before, holds: holdsOf(before, at.now) };
  const cites = citesWith(old?.cites ?? [], cited);
  let findings = NONE;
  const told = old?.findings ?? NONE;
  for (const { name, ...predicted } of FORECASTS) {
    if (!on[name]) continue;
    const finding = findingOf(predicted, cites, forecasts[name], limits[name].raise, told);
    findings = { ...findings, [predicted.rule.id]: finding };
  }
  const { ahead, probabilities } = stepAhead(old, state, at);
  for (const { name, ...predicted } of AHEAD) {
    if (ahead[name]?.on !== true) continue;
    const { rule } = predicted;
    const finding = aheadFindingOf(predicted, cites, probabilities?.[name], limitsOf(at, rule).raise, told);
    findings = { ...findings, [rule.id]: finding };
  }
  const known = { state, ...(Object.keys(ahead).length > 0 ? { ahead } : {}), cites, findings };
  const after = bounded({ ...before, [sensor]: known });
  return { memory: after, holds: holdsOf(after, at.now) };
}

function stepAhead(
  old: Sensor | undefined,
  { history }: LowSoonState,
  at: Circumstances,
): { readonly ahead: Ahead; readonly probabilities: LowProbabilities | undefined } {
  const newest = history.at(-1);
  if (newest === undefined) return { ahead: {}, probabilities: undefined };
  const [t, mgdl] = newest;
  const last = old?.state.history.at(-1);
  const isGap = last === undefined || t - last[0] > GAP;
  const probabilities = lowProbabilities(history.map(([time, x]) => ({ t: time, mgdl: x })));
  let ahead: Ahead = {};
  for (const { name, rule, isLow: isSuch } of AHEAD) {
    const before = isGap ? QUIET : (old?.ahead?.[name] ?? QUIET);
    const moment = { t, isDown: isSuch(mgdl), probability: probabilities?.[name] };
    const next = stepLow(before, moment, limitsOf(at, rule), LOW_FOR);
    if (next.on || next.lowSince !== null) ahead = { ...ahead, [name]: next };
  }
  return { ahead, probabilities };
}

function aheadFindingOf(
  predicted: Predicted,
  cites: readonly Cited[],
  probability: number | undefined,
  limit: number,
  told: Sensor['findings'],
): Finding {
  const { words } = predicted;
  if (probability === undefined) return findingOf(predicted, cites, undefined, limit, told);
  return {
    ...baseOf(predicted, cites, probability, limit, told),
    weight: probability,
    words: `Glucose ${Math.round(cites.at(-1)!.x)} mg/dL, predicted ${words}, probability ${probability.toFixed(2)}`,
    notes: ['probability of the distribution of glucose-forecast; readings between the cited ones are used too'],
  };
}

function limitsOf(at: Circumstances, rule: StreamRule): { readonly raise: number; readonly clear: number } {
  const { probability, clearProbability } = at.limitsOf(rule);
  return { raise: probability!, clear: clearProbability! };
}

function citesWith(cites: readonly Cited[], cited: Cited): readonly Cited[] {
  const t = cited.t;
  const [last, before] = [cites.at(-1), cites.at(-2)];
  // The newest gives way when it stands too close to the one before it.
  const isClose = last !== undefined && before !== undefined && last.t - before.t < CITED_APART;
  return [...(isClose ? cites.slice(0, -1) : cites).filter((one) => t - one.t <= CITED_WITHIN), cited];
}

function findingOf(
  predicted: Predicted,
  cites: readonly Cited[],
  forecast: LowForecast | undefined,
  limit: number,
  told: Sensor['findings'],
): Finding {
  const { x } = cites.at(-1)!;
  const base = baseOf(predicted, cites, forecast?.probability, limit, told);
  const now = `Glucose ${Math.round(x)} mg/dL`;
  if (forecast === undefined) {
    const already = predicted.isLow(x) ? 'already low; ' : '';
    return { ...base, weight: 1, words: `${now}, ${already}too few readings for a forecast` };
  }
  const { score, probability, intercept, contributions } = forecast;
  return {
    ...base,
    weight: probability,
    words: `${now}, predicted ${predicted.words}, probability ${probability.toFixed(2)}`,
    score,
    intercept,
    contributions,
    notes: ['score and contributions are log-odds; readings between the cited ones are used too'],
  };
}

/**
 * A doubtful reading counts one severity lower until a good one that shows the low, or predicts it, confirms it: one that is back does not,
 * though the rule still waits for it to stay there.
 */
function baseOf(
  { rule, isLow: isSuch }: Predicted,
  cites: readonly Cited[],
  probability: number | undefined,
  limit: number,
  told: Sensor['findings'],
) {
  const { x, quality } = cites.at(-1)!;
  const full = RANKS[rule.severity];
  const confirms = quality === 0 && (isSuch(x) || (probability !== undefined && probability >= limit));
  const rank = (confirms ? full : Math.max(full - 1, told[rule.id]?.rank ?? 0)) as Finding['rank'];
  return { rank, cites, limit, limitName: 'probability', unit: '1', comparison: 'at-or-above' } as const;
}

/** The worst finding of each rule over all active sensors. */
function holdsOf(memory: Memory, now: number): DetectorStep['holds'] {
  let holds: Record<string, Finding> | undefined;
  for (const { state, findings } of Object.values(memory)) {
    if (findings === NONE || now - (state.history.at(-1)?.[0] ?? now) > SILENT) continue;
    for (const [id, finding] of Object.entries(findings)) {
      const known = holds?.[id];
      if (known !== undefined && known.rank * 2 + known.weight >= finding.rank * 2 + finding.weight) continue;
      holds = { ...holds, [id]: finding };
    }
  }
  return holds ?? NONE;
}

function bounded(memory: Memory): Memory {
  const sources = Object.keys(memory);
  if (sources.length <= SOURCES_KEPT) return memory;
  const newest = (source: string): number => memory[source]!.state.history.at(-1)![0];
  const oldest = sources.reduce((a, b) => (newest(b) < newest(a) ? b : a));
  const { [oldest]: _, ...rest } = memory;
  return rest;
}

/** Predicts lows per sensor: a difference between a meter and a sensor is not a change of glucose. */
export const LOW_SOON_DETECTOR: Detector = {
  id: 'low-soon',
  codes: [9],
  rules: [URGENT_LOW_SOON_RULE, LOW_SOON_RULE, EARLY_LOW_SOON_RULE, URGENT_LOW_AHEAD_RULE, LOW_AHEAD_RULE],
  late: 'refold',
  warmUpMs: 2 * 3_600_000,
  step,
  mapCited: <A, B>(memory: unknown, form: (cited: A) => B) =>
    mapRecord(memory as Citing<A, Memory>, (sensor) => ({
      ...sensor,
      cites: sensor.cites.map(form),
      findings: mapRecord(sensor.findings, (finding) => mapFinding(finding, form)),
    })),
};
