import type { ActRecord } from '#libs/contracts';
import type { Catalogue } from '../rules/catalogue.js';
import { NO_CHANGES, type Changes } from '../state/changes.js';
import type { Draft } from '../state/draft.js';
import { isInstant } from '../ingest/identify.js';
import type { OffReason } from './off-reason.js';
import { personOf } from '../facts/person.js';
import { utc } from '../alerts/sentences.js';
import type { MonitoringState, TwinState } from '../state/state.js';

/** What decides whether alerts of a patient are emitted. */
interface Basis {
  readonly monitoring?: MonitoringState | undefined;
  readonly facts: TwinState['facts'];
}

/** Monitoring as answers show it. */
export interface MonitoringView {
  readonly state: 'on' | 'off';
  readonly rules?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly reason?: string;
  readonly cause?: 'set' | 'deceased' | 'discharged';
  readonly author?: string;
  readonly onBehalfOf?: string;
}

const TIMER = 'monitoring';

/**
 * Why alerts of this rule are not emitted at `now` (the log's own time, ms), or null when they are. What a person set counts first; then
 * a patient who has died or left is not alarmed for, until a person switches monitoring on again.
 */
export function offReasonOf(twin: Basis, rule: string, now: number): OffReason | null {
  const set = twin.monitoring?.set;
  if (set?.state === 'off' && (set.until === undefined || set.until > now)) {
    if (set.rules === undefined || set.rules.includes(rule)) return 'monitoring-off';
  }
  const gone = goneOf(twin);
  if (gone === null) return null;
  const overruled = set?.state === 'on' && set.since >= gone.since;
  return overruled ? null : gone.reason;
}

/** Since when the patient has died or left, as the record says; ms of the log's own time. */
function goneOf({
  monitoring,
  facts,
}: Basis): { readonly reason: 'deceased' | 'discharged'; readonly since: number } | null {
  if (personOf(facts).deceased) return { reason: 'deceased', since: monitoring?.deceasedSince ?? 0 };
  const since = monitoring?.dischargedSince;
  return since === undefined ? null : { reason: 'discharged', since };
}

type SetMonitoring = Extract<ActRecord['does'], { type: 'set-monitoring' }>;

/** Takes over what a person set. It replaces what was set before. */
export function setMonitoring(
  catalogue: Catalogue,
  { monitoring, now }: Pick<Draft, 'monitoring' | 'now'>,
  record: ActRecord,
  does: SetMonitoring,
): Changes {
  const { state, rules, until, reason } = does;
  const isKnown = rules === undefined || rules.every((rule) => catalogue.ruleById(rule) !== undefined);
  if (!isKnown || (until !== undefined && !isInstant(until))) return { dropped: ['monitoring-refused'] };
  const set = {
    state,
    since: now,
    reason,
    author: record.actor,
    ...(rules === undefined ? undefined : { rules }),
    ...(until === undefined ? undefined : { until }),
    ...(record.onBehalfOf === undefined ? undefined : { onBehalfOf: record.onBehalfOf }),
  };
  const due = state === 'off' && until !== undefined ? until : null;
  return { state: { monitoring: { ...monitoring, set } }, timers: { [TIMER]: due } };
}

/** Forgets what was set until a time that has come, so that it is on again. */
export function endMonitoringOff({ monitoring, now }: Pick<Draft, 'monitoring' | 'now'>): Changes {
  const until = monitoring?.set?.until;
  if (until === undefined || until > now) return NO_CHANGES;
  const { set: _, ...rest } = monitoring!;
  return { state: { monitoring: rest }, timers: { [TIMER]: null }, isNews: true };
}

/** Monitoring of a twin at `now`, ms. */
export function monitoringOf(twin: Basis, now: number): MonitoringView {
  const { monitoring } = twin;
  const set = monitoring?.set;
  const isOver = set?.until !== undefined && set.until <= now;
  if (set?.state === 'off' && !isOver) return { ...shown(set), cause: 'set' };
  const gone = goneOf(twin);
  if (gone !== null && !(set?.state === 'on' && set.since >= gone.since)) {
    return { state: 'off', cause: gone.reason, ...(gone.since === 0 ? undefined : { since: utc(gone.since) }) };
  }
  return set === undefined || isOver ? { state: 'on' } : { ...shown(set), cause: 'set' };
}

function shown(set: NonNullable<MonitoringState['set']>): MonitoringView {
  const { since, until, ...rest } = set;
  return { ...rest, since: utc(since), ...(until === undefined ? undefined : { until: utc(until) }) };
}
