import type { AlertReason, AlertStatus, FactKind, Transition } from '#libs/contracts';
import type { VitalState } from '#libs/domain/signal-quality';
import type { Finding } from '../alerts/finding.js';
import type { OffReason } from '../monitoring/off-reason.js';
import type { TWIN_VERSION } from '../stored/twin-version.js';
import type { Cited } from './cited.js';

/**
 * The living model of one patient; serialised as the twin's snapshot, so it is plain JSON, small, and free of any clock:
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
  /** Versions of the memories in this twin that are not 1, by name: see `stored/memory-versions.ts`. Absent: all are. */
  readonly memories?: Readonly<Record<string, number>>;
  /** Detectors whose memory began anew, by id, and the newest effective time then, ms. Absent: none. */
  readonly warmingUp?: Readonly<Record<string, number>>;
}

/** When late waveforms are judged again next, and which stretches of them (ms) wait for it. See `late-waves.ts`. */
export interface LateWaves {
  readonly spans: readonly (readonly [from: number, until: number])[];
  /** By the log's own time, ms. */
  readonly due: number;
  /** Or when this many late values more have come. */
  readonly after: number;
}

/** When late values are re-evaluated next, and which wait for it. See `late.ts`. */
export interface LateState {
  /** Earliest time from which values wait, ms, by catalogue number; empty: none. */
  readonly from: Readonly<Record<string, number>>;
  /** By the log's own time, ms. */
  readonly due: number;
  /** Or when this many late values more have come. */
  readonly after: number;
}

/** How late a measure's newest value of a record is. */
export interface LatenessState {
  /** Between effective time and receipt, ms, since `since` (the log's own time) within a minute. */
  readonly lag: number;
  readonly since: number;
  /** When something of it was last received, by the log's own time. */
  readonly heard: number;
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
}

/** `useful` and `notUseful`: acknowledgements that said so. */
export interface Feedback {
  readonly useful: number;
  readonly notUseful: number;
}

/** Kept values of a fold at the grid times of `gridTimes(newest)`, as indexes into `machines` (-1: none). Empty: all none. */
export interface Kept<M> {
  readonly now: M | null;
  readonly grid: readonly number[];
  readonly machines: readonly M[];
}

/** By name of the source: what its signal check remembers. */
export type CheckMachine = Readonly<Record<string, VitalState>>;
export type CheckState = Kept<CheckMachine>;

/** A rule's memory: its machine after the newest sample, the machine at earlier times of the grid, and recent episodes. */
export interface RuleState extends Kept<Machine> {
  /** Oldest first. At most one has `end: null`, and it is the last. */
  readonly episodes: readonly EpisodeState[];
  /** How many episodes this rule has had for this patient: the next one's number. */
  readonly count: number;
  /** Data older than this cannot be re-evaluated, because its episodes were dropped to bound the state; ms or null. */
  readonly floor: number | null;
}

/** One rule's state machine after some samples: a pure function of those samples and the limits in force. */
export interface Machine {
  readonly tiers: readonly TierState[];
  readonly open: OpenEpisode | null;
}

/** A detector after some values: what it remembers, and the episodes of its rules that are open. */
export interface DetectorMachine {
  readonly memory: unknown;
  readonly open: Readonly<Record<string, OpenEpisode>>;
}

/** One severity tier. `on`: 0 no, 1 by doubtful values only, 2 confirmed. `run` counts towards on, `clear` towards off. */
export interface TierState {
  readonly on: 0 | 1 | 2;
  readonly run: { readonly first: Cited; readonly n: number; readonly last: number; readonly good: boolean } | null;
  readonly clear: { readonly from: number; readonly n: number } | null;
}

/** What the machine knows of an episode that has begun and not ended. Severities as ranks: 1 low, 2 medium, 3 high. */
export interface OpenEpisode {
  /** When the condition was met, persistence included: effective time of `met`. */
  readonly start: number;
  readonly first: Cited;
  readonly met: Cited;
  readonly worst: Cited;
  readonly rank: number;
  readonly peak: number;
  /** Of a stream rule: what it found when it began, and the worst since. */
  readonly finding?: Finding;
}

/** An episode as emitted to subscribers. */
export interface EpisodeState {
  /** Ordinal within patient and rule, from 0: the id is derived from it. */
  readonly n: number;
  readonly start: number;
  readonly end: number | null;
  readonly rank: number;
  readonly peak: number;
  readonly status: AlertStatus;
  /** Number of transitions emitted, and the last of them. */
  readonly sequence: number;
  readonly last: Transition;
  /** Why the last of them happened, where its name does not say it. */
  readonly reason?: AlertReason;
  readonly raisedAt: number;
  /** Of a stream rule: the worst it found. */
  readonly finding?: Finding;
  /** Measurements that it rests on: first of the run, the one that met the condition, the worst, the one that cleared it. */
  readonly cites: readonly Cited[];
  readonly limit: EpisodeLimit | null;
  readonly acknowledgedBy?: string;
  /** The person that the newest act names. */
  readonly onBehalfOf?: string;
  /** Severity last emitted (rank), and the sequence with which it last rose: an act that names an older one is rejected. */
  readonly told?: { readonly rank: number; readonly rose: number };
  readonly snoozedUntil?: number;
  /**
   * How it was when it was acknowledged or snoozed: the severity shown, the newest effective time, and how far beyond the limit (the
   * value of a limit rule, the weight of a finding). `run`: values since that are clearly further.
   */
  readonly seen?: {
    readonly rank: number;
    readonly asOf: number;
    readonly far?: number;
    readonly run?: { readonly from: number; readonly n: number };
  };
  /** When the severity last fell (effective time), the highest it fell from lately, and how often its return has paged since. */
  readonly fell?: { readonly from: number; readonly at: number; readonly paged: number };
  readonly note?: string;
  /** A person closed it, at this rank and time, though the condition still held. */
  readonly closedByHand?: { readonly rank: number; readonly at: number };
  /** Suppressed, and why; `until`: when it is emitted if it still holds (ms), null: when its leader is over. */
  readonly muted?: {
    readonly reason: MuteReason;
    /** The episode that it follows or was folded into; null: it runs in shadow. */
    readonly by: string | null;
    readonly until: number | null;
    readonly rank: number;
  };
  /** Comes back within the refractory time: episodes so far, when the first of them began, and when the last ended once it is over. */
  readonly recurring?: { readonly count: number; readonly since: number; readonly until?: number };
  /** Other alerts of the same cause that were folded into this one, newest last. */
  readonly folded?: readonly { readonly rule: string; readonly reason: string }[];
  /** The condition of a latching rule has gone, at this time, and nobody has seen it yet. */
  readonly overAt?: number;
  /** When it last began or got worse for the one who is paged, by the log's own time. */
  readonly pagedAt?: number;
  /** Since when (the log's own time) a change of severity has been deferred, because its sender is catching up. */
  readonly heldSince?: number;
  /** Highest severity that paged. */
  readonly paged?: number;
  /** When it was escalated for lack of acknowledgement, by the log's own time. */
  readonly escalatedAt?: number;
  /** The condition's own severity then, once it has changed: only that one was escalated. */
  readonly escalatedRank?: number;
  /** Feedback with the acknowledgement. */
  readonly useful?: boolean;
  /** What the episode is about, for rules without measurements (silent streams). */
  readonly about?: readonly string[];
}

/** Why an alert was suppressed. */
export type MuteReason = 'same-cause' | 'refractory' | 'shadow' | 'catching-up' | OffReason;

export interface EpisodeLimit {
  readonly limit: number;
  readonly layer: 'default' | 'tenant' | 'patient';
  readonly owner: string;
  readonly reason?: string;
  readonly expiresAt?: number;
}

/** What is known of the clock of one sender whose times are not as they should be. */
export interface ClockState {
  readonly source: string;
  /** What its times are ahead of ours, ms; negative: behind. 0: right, or right again. */
  readonly off: number;
  /** Since when `off` fits, when data last arrived, and since when its times are correct again (null: they are not); by the log's own time. */
  readonly since: number;
  readonly heard: number;
  readonly rightSince: number | null;
  /** Clock error last reported, ms; 0: none. */
  readonly told: number;
  /** Records that all look late by the same amount. */
  readonly late?: { readonly by: number; readonly since: number; readonly records: number };
}

/** Values of one source and measure that look as if they were of another unit. */
export interface UnitState {
  readonly words: string;
  /** When the first and the newest were applied, by the log's own time. */
  readonly since: number;
  readonly heard: number;
}

export interface StreamState {
  /** Newest effective time as sent, ms: what derived identities go by. */
  readonly t: number;
  /** Of series: where the newest one ends, ms. */
  readonly end?: number;
  /** When the newest record with something new from it was received, ms. */
  readonly heard: number;
  /** Successive values no further apart than the no-data limit, up to the number that makes a stream continuous. */
  readonly n: number;
  readonly source: string;
}

/** Limits of one rule that a tenant set, or for one patient, for samples after `after` (ms; null: all) until the next entry or `expiresAt`. */
export interface SetLimits {
  readonly after: number | null;
  readonly limits: Readonly<Record<string, number>> | null;
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
