import { drop, setTimer, type Draft } from './draft.js';
import type { Applied, FactChange } from './twin-port.js';

/** What of the twin a stage may replace as a whole. */
type Fields = Pick<
  Draft,
  | 'behind'
  | 'catchingUp'
  | 'clocks'
  | 'facts'
  | 'forecasting'
  | 'late'
  | 'lateWaves'
  | 'leftOut'
  | 'listeningSince'
  | 'monitoring'
  | 'moreFacts'
  | 'tenantThresholds'
  | 'thresholds'
  | 'units'
>;

/**
 * What a stage of `apply` answers: the parts of the twin that are other than they were, and what the record leads to. What is absent stays
 * as it is. A stage changes nothing that it is given.
 */
export interface Changes {
  readonly state?: Partial<Fields>;
  /** By name: when they are due, ms; null: not any more. */
  readonly timers?: Readonly<Record<string, number | null>>;
  /** Reasons to count, one for each time. */
  readonly dropped?: readonly string[];
  readonly facts?: readonly FactChange[];
  /** Limits set for this patient. */
  readonly thresholds?: Applied['thresholds'];
  readonly forecasts?: Applied['forecasts'];
  readonly parameters?: Applied['parameters'];
  readonly statuses?: Applied['statuses'];
  /** It makes a new version of the twin, whatever else comes of the record. */
  readonly isNews?: boolean;
}

/** A stage that had nothing to do. */
export const NO_CHANGES: Changes = {};

/** Lays what a stage answered over what the record has come to so far. */
export function merge(draft: Draft, changes: Changes): void {
  if (changes === NO_CHANGES) return;
  const { state, timers, dropped, facts, thresholds, forecasts, parameters, statuses, isNews } = changes;
  if (state !== undefined) Object.assign(draft, state);
  for (const timer in timers) setTimer(draft, timer, timers[timer]!);
  for (const reason of dropped ?? []) drop(draft, reason);
  if (facts !== undefined) draft.factChanges.push(...facts);
  if (thresholds !== undefined) draft.thresholdChanges.push(...thresholds);
  if (forecasts !== undefined) draft.forecasts.push(...forecasts);
  if (parameters !== undefined) draft.parameterChanges.push(...parameters);
  if (statuses !== undefined) draft.statusChanges.push(...statuses);
  if (isNews === true) draft.changed = true;
}
