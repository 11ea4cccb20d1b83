import type { Comparator } from './records.js';

/** The alert as webhooks, SSE and REST show it. Times are ISO 8601 in UTC. */
export interface Alert {
  readonly id: string;
  readonly episode: string;
  /** Rises with each transition of the episode: which of two states of an alert is the newer one. */
  readonly sequence: number;
  readonly patient: string;
  readonly rule: { readonly id: string; readonly version: string; readonly title: string };
  /** Of the patient, or of the equipment (IEC 60601-1-8). */
  readonly category: 'physiological' | 'technical';
  readonly severity: Severity;
  readonly status: AlertStatus;
  readonly transition: Transition;
  /** Why the transition happened, where its name does not say it. */
  readonly reason?: AlertReason;
  /** When the condition became true, by the clock of the measurements. */
  readonly effectiveAt: string;
  /** When the record that showed it was received. */
  readonly raisedAt: string;
  /** When the episode ended, by the clock of the measurements. */
  readonly resolvedAt?: string;
  /** How long after the fact it became known, seconds. */
  readonly lateSeconds: number;
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  readonly threshold: Threshold | null;
  readonly explanation: Explanation;
  readonly suppressed?: readonly { readonly rule: string; readonly reason: string }[];
  /** The condition keeps coming back: how many episodes so far, and when the first of them began. */
  readonly recurring?: { readonly count: number; readonly since: string };
  /** The person named by the act, else the client. */
  readonly acknowledgedBy?: string;
  /** Of the newest act on it: the person it names. */
  readonly onBehalfOf?: string;
  readonly snoozedUntil?: string;
  readonly note?: string;
  /** Research software, not a cleared device: said in every alert. */
  readonly disclaimer: string;
}

/** IEC 60601-1-8 alarm priorities. */
export const SEVERITIES = ['high', 'medium', 'low'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const ALERT_STATUSES = ['open', 'acknowledged', 'snoozed', 'resolved', 'retrospective', 'retracted'] as const;
export type AlertStatus = (typeof ALERT_STATUSES)[number];

export const TRANSITIONS = [
  'raised',
  'escalated',
  'deescalated',
  'amended',
  'retracted',
  'retrospective',
  'acknowledged',
  'snoozed',
  'resolved',
] as const;
export type Transition = (typeof TRANSITIONS)[number];

/**
 * Reasons of a transition. Of `raised`: `reopened` (late or corrected data show that it is still present), `worse` (clearly worse than
 * when it was acknowledged or snoozed), `snooze-ended`, `persists` (outlasts what suppressed it), `recurring`. Of `escalated`:
 * `unacknowledged`. Of `amended`: the others.
 */
export const ALERT_REASONS = [
  'reopened',
  'worse',
  'snooze-ended',
  'persists',
  'recurring',
  'unacknowledged',
  'data-changed',
  'sources-changed',
  'joined',
  'latched',
  'severity-returned',
  'severity-rose',
  'monitoring-on',
  'monitoring-off',
  'deceased',
  'discharged',
] as const;
export type AlertReason = (typeof ALERT_REASONS)[number];

/** A measurement that the alert rests on. `id` is the measurement's id. */
export interface Evidence {
  readonly id: string;
  readonly code: string;
  readonly value: number;
  /** The value is a bound of the true one. */
  readonly comparator?: Comparator;
  readonly unit: string;
  readonly effectiveAt: string;
  readonly source: string;
  readonly quality: QualityName;
  /** Why it is not good. */
  readonly qualityReasons?: readonly string[];
  /** How old it was when the condition was met, seconds; 0 for what came after. */
  readonly ageSeconds: number;
}

export type QualityName = 'good' | 'doubtful' | 'bad';

/** The limit that was crossed and who set it: `default`, or the author of a limit of the tenant or the patient. */
export interface Threshold {
  readonly limit: number;
  readonly unit: string;
  readonly comparison: 'below' | 'above' | 'at-or-below' | 'at-or-above' | 'silent-for';
  readonly layer: 'default' | 'tenant' | 'patient';
  readonly owner: string;
  readonly reason?: string;
  readonly expiresAt?: string;
}

export interface Explanation {
  readonly why: string;
  readonly clears: string;
  /** Of a score: its value, and the parts that add up to it (`intercept` included). */
  readonly score?: number;
  readonly intercept?: number;
  readonly contributions?: readonly {
    readonly name: string;
    readonly value?: number | string;
    readonly contribution: number;
  }[];
  /** Course, frequency of observation that follows, what stands for what; one plain sentence each. */
  readonly notes?: readonly string[];
  /** Inputs that the rule would use and does not have; none of them counts as normal. */
  readonly missing?: readonly string[];
  /** What people said of this rule's alerts for this patient when they acknowledged them. `share` is null before the first. */
  readonly precision: { readonly useful: number; readonly notUseful: number; readonly share: number | null };
}

/** Record of the topic `alerts`; `transition` is the id that becomes the `webhook-id`'s seed. Times in ms. */
export interface AlertRecord {
  readonly v: 1;
  readonly tenant: number;
  readonly patient: string;
  /** Id of this transition (uuid), the same at every replay. */
  readonly transition: string;
  readonly sequence: number;
  /** When the gateway received the record that caused it; start of `homeostat_ingest_to_webhook_seconds`. */
  readonly receivedAt: number;
  readonly alert: Alert;
}
