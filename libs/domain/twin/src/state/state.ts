import type { FactKind } from '#libs/contracts';
import type { TWIN_VERSION } from '../stored/twin-version.js';
import type { Cited } from './cited.js';
import type { ForecastingState } from './forecasting-state.js';
import type { CheckState, DetectorMachine, Kept, RuleState } from './machine-state.js';
import type { LatenessState, LateState, LateWaves } from './late-state.js';
import type { ClockState, StreamState, UnitState } from './sender-state.js';

/**
 * The living model of one patient; stored by `writeTwin` as the twin's snapshot, so it is plain JSON, small, and free of any clock:
 * the same log gives the same bytes. Measures, rules and streams are added to, never invented: what is absent is unknown.
 */
export interface TwinState {
  readonly v: typeof TWIN_VERSION;
  readonly tenant: number;
  readonly patient: string;
  /** How many records changed something. */
  readonly version: number;
  /** Newest effective time of any measurement, ms; null before the first. */
  readonly asOf: number | null;
  /** Newest `receivedAt` of any record, ms: how far the log's own time has come. */
  readonly heard: number;
  /** By catalogue number. */
  readonly measures: Readonly<Record<string, MeasureState>>;
  /** Signal checks by catalogue number: what is remembered of a measure's sources to judge their next values. */
  readonly checks: Readonly<Record<string, CheckState>>;
  /** Memories of derived measures, by name. */
  readonly derived: Readonly<Record<string, unknown>>;
  /** By detector id. */
  readonly detectors: Readonly<Record<string, Kept<DetectorMachine>>>;
  /** By rule id; only rules that have something to remember. */
  readonly rules: Readonly<Record<string, RuleState>>;
  /** What sends, by origin (`d:<device>`, or `f:<source>` without a device), measure and channel. */
  readonly streams: Readonly<Record<string, StreamState>>;
  /** By origin as in `streams`: senders whose clock differs, or differed lately, from ours. Absent: none. */
  readonly clocks?: Readonly<Record<string, ClockState>>;
  /** Measures whose values arrive late, by catalogue number. */
  readonly catchingUp?: Readonly<Record<string, LatenessState>>;
  /** Sources whose values look, or lately looked, as if they were of another unit, by measure (catalogue number) and source. Absent: none. */
  readonly units?: Readonly<Record<string, UnitState>>;
  /** Values of a clock that was behind are judged by up to `ms` later than they stand in the store; until this time of the log, ms. */
  readonly behind?: { readonly ms: number; readonly until: number };
  /** Newest effective time of streams that were dropped from `streams` to bound it; null when none was. */
  readonly forgotten: number | null;
  /** Limits of the tenant (author's own reason and expiry), and of the patient, by rule id, oldest first. */
  readonly tenantThresholds: Readonly<Record<string, readonly SetLimits[]>>;
  readonly thresholds: Readonly<Record<string, readonly SetLimits[]>>;
  /** Feedback given with acknowledgements, by rule id. */
  readonly feedback: Readonly<Record<string, Feedback>>;
  /** Current facts by reference, bounded. */
  readonly facts: Readonly<Record<string, FactState>>;
  /** Version of each current fact that was left out to bound `facts`, by a hash of its reference; absent in twins stored before. */
  readonly leftOut?: Readonly<Record<string, number>>;
  /** How many more were left out, of which nothing is known. */
  readonly moreFacts: number;
  /** Whether alerts are emitted; absent: it was never switched. */
  readonly monitoring?: MonitoringState;
  /** Since when the system itself could take in data without a break, ms; absent: it was never interrupted. */
  readonly listeningSince?: number;
  /** Newest act ids, oldest first: a repeat changes nothing. */
  readonly acts: readonly string[];
  /** `identity:hash` of recently replaced versions, oldest first: a redelivery of them changes nothing. */
  readonly replaced: readonly string[];
  /** Timers set in the engine, by name. */
  readonly timers: Readonly<Record<string, number>>;
  /** Set after a re-evaluation that had to read much; absent in twins that were stored before there was one. */
  readonly late?: LateState;
  /** Absent: nothing waits. */
  readonly lateWaves?: LateWaves;
  /** Absent: no model forecasts for this twin yet, nor was any fitted to it. */
  readonly forecasting?: ForecastingState;
  /** Versions of the memories in this twin that are not 1, by name: see `stored/memory-versions.ts`. Absent: all are. */
  readonly memories?: Readonly<Record<string, number>>;
  /** Detectors whose memory began anew, by id, and the newest effective time then, ms. Absent: none. */
  readonly warmingUp?: Readonly<Record<string, number>>;
}

export interface MeasureState {
  /** Newest judged time ever applied, ms: never after its receipt. Never goes back, not even when that value is withdrawn. */
  readonly t: number;
  /** Newest value, or null when it was withdrawn and nothing newer than the lateness bound is left. */
  readonly latest: Cited | null;
  /** Its quality as sent, before the signal checks: what orders values of one moment. */
  readonly sent: 0 | 1 | 2;
  readonly receivedAt: number;
}

/** All times in ms of the log's own time. */
export interface MonitoringState {
  /** What a person set last. */
  readonly set?: {
    readonly state: 'on' | 'off';
    /** Absent: all. */
    readonly rules?: readonly string[];
    readonly since: number;
    readonly until?: number;
    readonly reason: string;
    readonly author: string;
    readonly onBehalfOf?: string;
  };
  readonly deceasedSince?: number;
  readonly dischargedSince?: number;
  /** The stay whose end that was, in its newest version; absent where the discharge was noted before this was kept. */
  readonly dischargedBy?: { readonly reference: string; readonly version: number };
}

/** `useful` and `notUseful`: acknowledgements that said so. */
export interface Feedback {
  readonly useful: number;
  readonly notUseful: number;
}

/** Limits of one rule that a tenant set, or for one patient, for samples after `after` (ms; null: all) until the next entry or `expiresAt`. */
export interface SetLimits {
  readonly after: number | null;
  readonly limits: Readonly<Record<string, number>> | null;
  readonly author: string;
  readonly reason: string;
  readonly expiresAt?: number;
  /** Of the limits, those that were set before and stayed when the others were set: whose they are. */
  readonly kept?: Readonly<Record<string, LimitOwner>>;
}

/** Who set a limit, why, and until when (ms) it counts. */
export interface LimitOwner {
  readonly author: string;
  readonly reason: string;
  readonly expiresAt?: number;
}

export interface FactState {
  readonly kind: FactKind;
  readonly version: number;
  readonly content: Readonly<Record<string, unknown>>;
  readonly from?: number;
  readonly to?: number;
}
