import type { AlertReason, AlertStatus, Transition } from '#libs/contracts';
import type { Finding } from '../alerts/finding.js';
import type { OffReason } from '../monitoring/off-reason.js';
import type { Cited } from './cited.js';

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
    readonly run?: Run;
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
    /** Its newest values, where they are clearly further beyond the limit than what paged. */
    readonly run?: Run;
  };
  readonly recurring?: Recurring;
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

/** Values in a row that are clearly further beyond the limit. */
export interface Run {
  readonly from: number;
  readonly n: number;
}

/** What an alert stands for that keeps coming back. */
export interface Recurring {
  /** Episodes so far, when the first of them began, and when the last ended once it is over. */
  readonly count: number;
  readonly since: number;
  readonly until?: number;
  /** How soon after the last another one comes back, ms; absent: within the refractory time. */
  readonly within?: number;
  /** How far beyond the limit what paged was (the value of a limit rule, the weight of a finding). */
  readonly far?: number;
  /** For how long the last that persisted had lasted when it paged, ms. */
  readonly lasted?: number;
  /** The alert that stood for those before was escalated, and nobody has attended since. */
  readonly escalated?: true;
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
