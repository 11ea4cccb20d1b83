import type { Alert, Comparator, Severity, WireModelStatus, WireParameters, WireThreshold } from '#libs/contracts';
import type { ModelForecast, ModelRefusal } from '#libs/domain/forecasting';
import type { MuteReason } from './episode-state.js';
import type { LimitOwner, TwinState } from './state.js';

/** Nothing was applied: load this and call again with the same record. */
export interface Needs {
  readonly kind: 'needs';
  /** Identities whose newest version must be known (present or absent), because the sender may have sent them before. */
  readonly identities: readonly string[];
  /** Newest versions of these measures, because a late value re-evaluates them: from `from` to `until` (ms, both inclusive), or to now. */
  readonly windows: readonly { readonly code: number; readonly from: number; readonly until?: number }[];
}

/** What the engine knows of a patient's stored measurements; a cache, never the truth. Filled by loading and by `remember`. */
export interface Memory {
  /** undefined: not known; null: known to be absent. */
  identity(identity: string): StoredMeasurement | null | undefined;
  /**
   * Newest versions that an earlier version of this software stored of an absent identity, under the names of the clients that wrote
   * its resource: those that hold before withdrawn ones, newest receipt first. Mostly none.
   */
  former(identity: string): readonly StoredMeasurement[];
  /** Newest versions, not withdrawn, ordered by (t, identity), or undefined when not covered from `from` on (to `until`, ms, inclusive). */
  window(code: number, from: number, until?: number): readonly StoredMeasurement[] | undefined;
}

/** Newest version of one measurement. Its public id is `<identity>` for version 1, `<identity>.<version>` after that. */
export interface StoredMeasurement {
  readonly identity: string;
  readonly version: number;
  /** Hash of the content, as a signed 64-bit decimal string: the same identity and hash is a duplicate. */
  readonly hash: string;
  readonly code: number;
  readonly t: number;
  readonly x?: number;
  /** `x` is a bound of the true value. */
  readonly comparator?: Comparator;
  readonly series?: readonly number[];
  readonly periodMs?: number;
  readonly channel?: string;
  readonly quality: 0 | 1 | 2;
  readonly reasons?: readonly string[];
  readonly sourced: boolean;
  readonly source: string;
  readonly device: string;
  readonly receivedAt: number;
  /** What its sender's clock was ahead of ours, ms, whole; negative: behind. Absent: not known to differ. */
  readonly clockShift?: number;
  readonly origin?: readonly [number, string];
  readonly retracted: boolean;
  /** How the signal checks judged it last; absent: as it was sent. */
  readonly judged?: Judged;
}

/** A quality with its reasons. */
export interface Judged {
  readonly quality: 0 | 1 | 2;
  readonly reasons: readonly string[];
}

/** Limits of a rule as they are set now, with those that stayed. */
export interface ThresholdChange extends Omit<WireThreshold, 'keep'> {
  readonly author: string;
  readonly kept?: Readonly<Record<string, LimitOwner>>;
  /** Id of the act. */
  readonly act: string;
  /** ms */
  readonly at: number;
}

/** A version that was stored before and is judged otherwise now, because something before it came or changed. `t` locates its row. */
export interface Judgement extends Judged {
  readonly identity: string;
  readonly version: number;
  readonly code: number;
  readonly t: number;
}

export interface Applied {
  readonly kind: 'applied';
  readonly state: TwinState;
  /** New rows. Where `replaces` is set, that earlier version (same identity; its code and t locate the row) is superseded. */
  readonly measurements: readonly (StoredMeasurement & {
    readonly replaces?: { readonly version: number; readonly code: number; readonly t: number };
  })[];
  readonly judgements: readonly Judgement[];
  /** Values that a gateway accepted and that were not used, or are stored and were not judged; bounded, `counts.dropped` counts all. */
  readonly refused: readonly RefusedValue[];
  readonly facts: readonly FactChange[];
  readonly transitions: readonly TransitionChange[];
  /** Suppressed alerts, with the reason. */
  readonly suppressions: readonly SuppressionChange[];
  /** Limits set for this patient; the tenant's are not listed, because they are not the patient's. */
  readonly thresholds: readonly ThresholdChange[];
  /** Timers as they are now; a timer that is not listed is unchanged, `dueAt: null` removes one. */
  readonly timers: readonly { readonly timer: string; readonly dueAt: number | null }[];
  /** New forecasts, and refusals where a model answered before or gave another reason. */
  readonly forecasts: readonly ForecastChange[];
  /** Parameters that count from here on. `at`: the log's own time, ms. */
  readonly parameters: readonly (WireParameters & { readonly at: number })[];
  readonly statuses: readonly (WireModelStatus & { readonly at: number })[];
  readonly counts: {
    readonly applied: number;
    readonly duplicates: number;
    readonly corrections: number;
    readonly late: number;
    /** By reason: acts on unknown episodes, samples too late to re-evaluate, … */
    readonly dropped: Readonly<Record<string, number>>;
  };
}

/** What a model said of one measure (catalogue number) after this record. `version`: of the model; `issuedAt` effective time, ms. */
export type ForecastChange = {
  readonly model: string;
  readonly version: string;
  readonly code: number;
  readonly issuedAt: number;
  /** Of the same model and measure; null: this is the first, or the first after a refusal. Times in ms: effective, and the log's own when the model was asked. */
  readonly follows: { readonly issuedAt: number; readonly at: number } | null;
} & (
  | (ModelForecast & {
      /** Of the model for this person and measure; `demoted`: the baseline is shown in its place. */
      readonly status: 'active' | 'demoted';
      /** The ledger scores it; a forecast that is not scored is stored and shown all the same. */
      readonly scored: boolean;
    })
  | ModelRefusal
);

/** A value with why it was not used. `code` catalogue number, `t` effective time as sent, ms; `id` the sender's own identifier. */
export interface RefusedValue {
  readonly reason: string;
  readonly code: number;
  readonly t: number;
  readonly x?: number;
  readonly source: string;
  readonly device: string;
  readonly id?: string;
  /** It is in the history all the same. */
  readonly stored?: { readonly identity: string; readonly version: number };
}

export interface FactChange {
  readonly kind: string;
  readonly reference: string;
  readonly version: number;
  readonly content: Readonly<Record<string, unknown>>;
  readonly withdrawn: boolean;
  readonly from?: number;
  readonly to?: number;
}

/** One step of an episode; `id` is derived from the episode and the sequence, so a replay gives the same. Times in ms. */
export interface TransitionChange {
  readonly id: string;
  readonly episode: string;
  readonly sequence: number;
  readonly rule: string;
  /** No more transitions but acknowledgement can follow, and a new episode of the rule may open. */
  readonly closed: boolean;
  readonly effectiveAt: number;
  readonly raisedAt: number;
  readonly at: number;
  readonly snoozedUntil?: number;
  readonly alert: Alert;
}

/** A suppressed alert, when it began. `id` is derived, so a replay gives the same. Times in ms. */
export interface SuppressionChange {
  readonly id: string;
  readonly episode: string;
  readonly rule: string;
  readonly ruleVersion: string;
  readonly severity: Severity;
  readonly reason: MuteReason;
  /** The episode that it was folded into, or came too soon after; null: its rule runs in shadow. */
  readonly by: string | null;
  readonly effectiveAt: number;
  readonly at: number;
}
