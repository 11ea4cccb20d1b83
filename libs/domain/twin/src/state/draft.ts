import type { PatientInput, WireSample } from '#libs/contracts';
import type { Catalogue } from '../rules/catalogue.js';
import { stillBehind } from './behind.js';
import { TWIN_VERSION } from '../stored/twin-version.js';
import type { CheckState, DetectorMachine, Kept, RuleState } from './machine-state.js';
import type { ForecastingState } from './forecasting-state.js';
import type { LatenessState, LateState, LateWaves } from './late-state.js';
import type { ClockState, StreamState, UnitState } from './sender-state.js';
import type { FactState, Feedback, MeasureState, MonitoringState, SetLimits, TwinState } from './state.js';
import type {
  Applied,
  FactChange,
  ForecastChange,
  Judged,
  Judgement,
  RefusedValue,
  Memory,
  StoredMeasurement,
  SuppressionChange,
  TransitionChange,
} from './twin-port.js';

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * One record's work in progress, given away when it is done, or forgotten when something is missing. Maps that nearly every record changes
 * are copied once and written to; all others are the twin's own until a stage replaces them as a whole.
 */
export interface Draft {
  readonly catalogue: Catalogue;
  readonly base: TwinState;
  readonly record: PatientInput;
  readonly memory: Memory;
  /** Of samples that are stored already; others are identified by what they say. */
  readonly identities?: ReadonlyMap<WireSample, string>;
  /** The log's own time with this record. */
  readonly now: number;
  asOf: number | null;
  readonly measures: Record<string, MeasureState>;
  readonly checks: Record<string, CheckState>;
  readonly derived: Record<string, unknown>;
  readonly detectors: Record<string, Kept<DetectorMachine>>;
  readonly rules: Record<string, RuleState>;
  readonly streams: Record<string, Mutable<StreamState>>;
  clocks: Readonly<Record<string, ClockState>>;
  catchingUp: Readonly<Record<string, LatenessState>>;
  units: Readonly<Record<string, UnitState>>;
  behind: NonNullable<TwinState['behind']> | null;
  forgotten: number | null;
  tenantThresholds: Readonly<Record<string, readonly SetLimits[]>>;
  thresholds: Readonly<Record<string, readonly SetLimits[]>>;
  feedback: Readonly<Record<string, Feedback>>;
  facts: Readonly<Record<string, FactState>>;
  leftOut: Readonly<Record<string, number>>;
  moreFacts: number;
  monitoring: MonitoringState | undefined;
  listeningSince: number | undefined;
  acts: readonly string[];
  replaced: readonly string[];
  timers: Readonly<Record<string, number>>;
  late: LateState | undefined;
  lateWaves: LateWaves | undefined;
  warmingUp: Readonly<Record<string, number>>;
  forecasting: ForecastingState | undefined;
  readonly measurements: Change[];
  readonly judgements: Judgement[];
  readonly refused: RefusedValue[];
  readonly factChanges: FactChange[];
  readonly transitions: TransitionChange[];
  readonly suppressions: SuppressionChange[];
  readonly forecasts: ForecastChange[];
  readonly parameterChanges: Applied['parameters'][number][];
  readonly statusChanges: Applied['statuses'][number][];
  readonly thresholdChanges: Applied['thresholds'][number][];
  readonly timerChanges: Applied['timers'][number][];
  readonly counts: {
    applied: number;
    duplicates: number;
    corrections: number;
    late: number;
    dropped: Record<string, number>;
  };
  /** Whether anything but the count of duplicates came of it. */
  changed: boolean;
}

/** A new version of a measurement, and the one before it. */
export type Change = Omit<StoredMeasurement, 'judged'> & {
  judged?: Judged;
  /** The sender's own identifier. */
  readonly id?: string;
  readonly replaces?: {
    readonly version: number;
    readonly code: number;
    readonly t: number;
    /** At which it was judged; null: not. */
    readonly judgedAt: number | null;
    readonly retracted: boolean;
    /** How long a waveform lasted, ms; 0: none. */
    readonly lasts: number;
  };
};

const NONE: Readonly<Record<string, never>> = {};

export function draftOf(catalogue: Catalogue, base: TwinState, record: PatientInput, memory: Memory): Draft {
  return {
    catalogue,
    base,
    record,
    memory,
    now: Math.max(base.heard, record.receivedAt),
    asOf: base.asOf,
    measures: { ...base.measures },
    checks: { ...base.checks },
    derived: { ...base.derived },
    detectors: { ...base.detectors },
    rules: { ...base.rules },
    streams: { ...base.streams },
    clocks: base.clocks ?? NONE,
    catchingUp: base.catchingUp ?? NONE,
    units: base.units ?? NONE,
    behind: base.behind ?? null,
    forgotten: base.forgotten,
    tenantThresholds: base.tenantThresholds,
    thresholds: base.thresholds,
    feedback: base.feedback,
    facts: base.facts,
    leftOut: base.leftOut ?? NONE,
    moreFacts: base.moreFacts,
    monitoring: base.monitoring,
    listeningSince: base.listeningSince,
    acts: base.acts,
    replaced: base.replaced,
    timers: base.timers,
    late: base.late,
    lateWaves: base.lateWaves,
    warmingUp: base.warmingUp ?? NONE,
    forecasting: base.forecasting,
    measurements: [],
    judgements: [],
    refused: [],
    factChanges: [],
    transitions: [],
    suppressions: [],
    thresholdChanges: [],
    timerChanges: [],
    forecasts: [],
    parameterChanges: [],
    statusChanges: [],
    counts: { applied: 0, duplicates: 0, corrections: 0, late: 0, dropped: {} },
    changed: false,
  };
}

export function drop(draft: Draft, reason: string): void {
  draft.counts.dropped[reason] = (draft.counts.dropped[reason] ?? 0) + 1;
}

/** Whether the timer is set and has run out by the log's own time. */
export function isDue({ timers, now }: Pick<Draft, 'timers' | 'now'>, timer: string): boolean {
  const dueAt = timers[timer];
  return dueAt !== undefined && dueAt <= now;
}

/** Sets a timer in the engine, if it differs from the present one. null removes it. */
export function setTimer(draft: Draft, timer: string, dueAt: number | null): void {
  if (dueAt === null) {
    if (draft.timers[timer] === undefined) return;
    const { [timer]: _, ...others } = draft.timers;
    draft.timers = others;
  } else {
    if (draft.timers[timer] === dueAt) return;
    draft.timers = { ...draft.timers, [timer]: dueAt };
  }
  draft.timerChanges.push({ timer, dueAt });
  draft.changed = true;
}

/** A record that changed nothing gives back the very state it was given. */
export function finish(draft: Draft): Applied {
  const { base } = draft;
  const state: TwinState = draft.changed
    ? {
        v: TWIN_VERSION,
        tenant: base.tenant,
        patient: base.patient,
        version: base.version + 1,
        asOf: draft.asOf,
        heard: draft.now,
        measures: draft.measures,
        checks: draft.checks,
        derived: draft.derived,
        detectors: draft.detectors,
        rules: draft.rules,
        streams: draft.streams,
        ...(isEmpty(draft.clocks) ? undefined : { clocks: draft.clocks }),
        ...(isEmpty(draft.catchingUp) ? undefined : { catchingUp: draft.catchingUp }),
        ...(isEmpty(draft.units) ? undefined : { units: draft.units }),
        ...(stillBehind(draft) === 0 ? undefined : { behind: draft.behind! }),
        forgotten: draft.forgotten,
        tenantThresholds: draft.tenantThresholds,
        thresholds: draft.thresholds,
        feedback: draft.feedback,
        facts: draft.facts,
        ...(isEmpty(draft.leftOut) ? undefined : { leftOut: draft.leftOut }),
        moreFacts: draft.moreFacts,
        ...(draft.monitoring === undefined || isEmpty(draft.monitoring) ? undefined : { monitoring: draft.monitoring }),
        ...(draft.listeningSince === undefined ? undefined : { listeningSince: draft.listeningSince }),
        acts: draft.acts,
        replaced: draft.replaced,
        timers: draft.timers,
        ...(draft.late === undefined ? undefined : { late: draft.late }),
        ...(draft.lateWaves === undefined ? undefined : { lateWaves: draft.lateWaves }),
        ...(base.memories === undefined ? undefined : { memories: base.memories }),
        ...(isEmpty(draft.warmingUp) ? undefined : { warmingUp: draft.warmingUp }),
        ...(draft.forecasting === undefined ? undefined : { forecasting: draft.forecasting }),
      }
    : base;
  return {
    kind: 'applied',
    state,
    measurements: draft.measurements,
    judgements: draft.judgements,
    refused: draft.refused,
    facts: draft.factChanges,
    transitions: draft.transitions,
    suppressions: draft.suppressions,
    thresholds: draft.thresholdChanges,
    timers: draft.timerChanges,
    forecasts: draft.forecasts,
    parameters: draft.parameterChanges,
    statuses: draft.statusChanges,
    counts: draft.counts,
  };
}

function isEmpty(object: object): boolean {
  return Object.keys(object).length === 0;
}
