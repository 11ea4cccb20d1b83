import type { Alert, Comparator, FactKind, QualityName } from '#libs/contracts';
import { CATALOGUE, codingOf, measureByName, type MeasureName } from '#libs/domain/quantities';
import type { AboutPerson, Derived, DerivedMeasure } from '../rules/derived.js';
import { alertRank, isOpen } from '../alerts/alert-state.js';
import { alertOf, qualityName } from '../alerts/alert.js';
import { layersOf, limitsAt, type Limits } from '../limits/limits.js';
import { monitoringOf, type MonitoringView } from '../monitoring/monitoring.js';
import { personOf } from '../facts/person.js';
import { subjectOf } from '../forecasts/subject.js';
import { refusalOf, type RefusalReason } from '../rules/refuses.js';
import type { Catalogue } from '../rules/catalogue.js';
import { isExact } from '../ingest/sample.js';
import { utc } from '../alerts/sentences.js';
import type { FactState, TwinState } from '../state/state.js';
import type { Cited } from '../state/cited.js';
import { episodeId } from '../alerts/emit.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Maximum age of the newest value for it to describe the present state, ms. */
export const FRESH: Readonly<Record<MeasureName, number>> = {
  'heart-rate': 15 * MINUTE,
  'rr-interval': 15 * MINUTE,
  'oxygen-saturation': 15 * MINUTE,
  'respiratory-rate': 15 * MINUTE,
  'systolic-pressure': 12 * HOUR,
  'diastolic-pressure': 12 * HOUR,
  'mean-pressure': 12 * HOUR,
  'body-temperature': 12 * HOUR,
  glucose: 15 * MINUTE,
  'step-count': DAY,
  'body-weight': 7 * DAY,
  ecg: 15 * MINUTE,
  ppg: 15 * MINUTE,
  'arterial-pressure-wave': 15 * MINUTE,
  'oxygen-flow': 12 * HOUR,
  'inspired-oxygen': 12 * HOUR,
  'glasgow-coma-score': 12 * HOUR,
  // As long as rapid-acting insulin acts, and a large meal is absorbed.
  'insulin-bolus': 6 * HOUR,
  'carbohydrate-intake': 6 * HOUR,
  // Settings hold: a basal rate until the next one, whenever that is.
  'insulin-basal-rate': Number.POSITIVE_INFINITY,
  'exercise-intensity': 4 * HOUR,
};

export interface MeasureView {
  readonly value: number;
  /** The value is a bound of the true one. */
  readonly comparator?: Comparator;
  readonly unit: string;
  readonly coding: { readonly system: string; readonly code: string };
  readonly effectiveAt: string;
  readonly receivedAt: string;
  readonly source: string;
  readonly quality: QualityName;
  /** Whether the value is too old to say how the patient is at the asked time. */
  readonly stale: boolean;
}

/** What follows from measures: a value with its parts, or `refused`, a code for why there is none yet. */
export type DerivedView = Derived & {
  readonly title: string;
  readonly unit: string;
  readonly of: readonly MeasureName[];
  /** Of the newest value it rests on. */
  readonly effectiveAt: string;
};

export interface FactView {
  readonly kind: FactKind;
  readonly reference: string;
  readonly version: number;
  readonly content: FactState['content'];
  readonly from?: string;
  readonly to?: string;
}

/** The Twin of the API, without what only the store knows (`knownAt`, `recordedAt`). */
export interface TwinView {
  readonly patient: string;
  readonly type: 'system';
  readonly version: number;
  readonly asOf: string | null;
  readonly measures: Readonly<Partial<Record<MeasureName, MeasureView>>>;
  /** By name; only where every measure it follows from has a value. */
  readonly derived: Readonly<Record<string, DerivedView>>;
  readonly facts: readonly FactView[];
  /** Facts that the twin does not carry along; the store has them. */
  readonly moreFacts: number;
  /** Rules that do not judge this person, and why; `warming-up`: their memory began anew after an upgrade and has not seen enough yet. */
  readonly refusals: readonly { readonly rule: string; readonly reason: RefusalReason | 'warming-up' }[];
  readonly monitoring: MonitoringView;
  /** Open episodes, highest severity first. */
  readonly alerts: readonly Alert[];
}

/** The twin as answers show it with the rules of `catalogue`, judged fresh or stale at `at` (ms). Keys and lists come in a fixed order. */
export function viewOf(catalogue: Catalogue, state: TwinState, at: number): TwinView {
  return {
    patient: state.patient,
    type: 'system',
    version: state.version,
    asOf: state.asOf === null ? null : utc(state.asOf),
    measures: measuresOf(state, at),
    derived: derivedOf(catalogue, state, at),
    facts: factsOf(state),
    moreFacts: state.moreFacts + Object.keys(state.leftOut ?? {}).length,
    refusals: refusalsOf(catalogue, state, at),
    monitoring: monitoringOf(state, at),
    alerts: openAlerts(catalogue, state),
  };
}

function measuresOf(state: TwinState, at: number): TwinView['measures'] {
  const measures: Partial<Record<MeasureName, MeasureView>> = {};
  for (const measure of CATALOGUE) {
    const known = state.measures[measure.number];
    if (known === undefined || known.latest === null) continue;
    const { t, x: value, quality, source, comparator, ahead = 0 } = known.latest;
    measures[measure.name] = {
      value,
      ...(comparator == null ? undefined : { comparator }),
      unit: measure.unit,
      coding: codingOf(measure),
      effectiveAt: utc(t + ahead),
      receivedAt: utc(known.receivedAt),
      source,
      quality: qualityName(quality),
      stale: at - t > FRESH[measure.name],
    };
  }
  return measures;
}

function derivedOf(
  { derived, forecasters, ruleById }: Catalogue,
  state: TwinState,
  asked: number,
): TwinView['derived'] {
  const person = personOf(state.facts);
  const limitsOf = ({ id }: { readonly id: string }): Limits =>
    limitsAt(ruleById(id)!, layersOf(state, id), person, asked);
  const given = { state, about: { person, limitsOf }, asked, forecasters };
  const views: Record<string, DerivedView> = {};
  for (const measure of derived) {
    if (measure.kind === 'modelled' && !forecasters.some(({ card }) => card.id === measure.model)) continue;
    const isPartly = measure.kind === 'modelled' || (measure.kind !== 'folded' && measure.partly === true);
    const latest = measure.of
      .map((name) => state.measures[measureByName(name).number]?.latest ?? null)
      .filter((cited) => cited !== null)
      .filter((cited) => !isPartly || (cited.quality !== 2 && isExact(cited)));
    if (latest.length < (isPartly ? 1 : measure.of.length)) continue;
    const { name, title, unit, of } = measure;
    const { at = Math.max(...latest.map(({ t }) => t)), ...shown } = readDerived(measure, latest, given);
    views[name] = { title, unit, of, effectiveAt: utc(at), ...readable(shown) };
  }
  return views;
}

/** Four significant digits: more than any of these measures is known to. Memories keep what was reckoned. */
function readable(derived: Derived): Derived {
  if ('refused' in derived) return derived;
  const { value, parts } = derived;
  const rounded = parts && Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, digits(part)]));
  return { ...derived, value: digits(value), ...(rounded === undefined ? undefined : { parts: rounded }) };
}

function digits(x: number): number {
  return Math.abs(x) >= 1000 ? Math.round(x) : Number(x.toPrecision(4));
}

interface Given {
  readonly state: TwinState;
  readonly about: AboutPerson;
  readonly asked: number;
  readonly forecasters: Catalogue['forecasters'];
}

function readDerived(
  measure: DerivedMeasure,
  latest: readonly Cited[],
  { state, about, asked, forecasters }: Given,
): Derived & { readonly at?: number } {
  if (measure.kind === 'modelled') {
    const forecaster = forecasters.find(({ card }) => card.id === measure.model)!;
    const memory = state.forecasting?.models?.[measure.model]?.memory ?? null;
    const { facts, measures, forecasting } = state;
    return measure.read(memory, subjectOf({ facts, measures, forecasting, now: asked }, forecaster), asked);
  }
  if (measure.kind === 'detected')
    return measure.read(state.detectors[measure.detector]?.now?.memory ?? null, asked, about);
  if (latest.some(({ quality }) => quality === 2)) return { refused: 'bad-value' };
  if (!latest.every(isExact)) return { refused: 'only-a-bound' };
  return measure.kind === 'latest'
    ? measure.read(latest, about.person)
    : measure.read(state.derived[measure.name] ?? null, latest[0]!);
}

function factsOf(state: TwinState): readonly FactView[] {
  return Object.entries(state.facts)
    .map(([reference, fact]) => ({
      kind: fact.kind,
      reference,
      version: fact.version,
      content: fact.content,
      ...(fact.from === undefined ? undefined : { from: utc(fact.from) }),
      ...(fact.to === undefined ? undefined : { to: utc(fact.to) }),
    }))
    .sort((a, b) => (a.reference < b.reference ? -1 : 1));
}

function refusalsOf({ rules, detectorOf }: Catalogue, state: TwinState, at: number): TwinView['refusals'] {
  const person = personOf(state.facts);
  return rules.flatMap((rule): TwinView['refusals'] => {
    const reason = refusalOf(rule, person, at);
    if (reason !== null) return [{ rule: rule.id, reason }];
    const detector = rule.kind === 'stream' ? detectorOf(rule) : undefined;
    return detector !== undefined && state.warmingUp?.[detector.id] !== undefined
      ? [{ rule: rule.id, reason: 'warming-up' }]
      : [];
  });
}

function openAlerts({ rules }: Catalogue, state: TwinState): readonly Alert[] {
  const person = personOf(state.facts);
  const alerts: { readonly rank: number; readonly alert: Alert }[] = [];
  for (const rule of rules) {
    for (const episode of state.rules[rule.id]?.episodes.filter(isOpen) ?? []) {
      const alert = alertOf({
        id: episodeId(state, rule.id, episode.n),
        patient: state.patient,
        rule,
        limits: limitsAt(rule, layersOf(state, rule.id), person, episode.start),
        episode,
        transition: episode.last,
        reason: episode.reason,
        feedback: state.feedback[rule.id],
        person,
      });
      alerts.push({ rank: alertRank(episode), alert });
    }
  }
  return alerts.sort((a, b) => b.rank - a.rank).map(({ alert }) => alert);
}
