import type { ActRecord } from '#libs/contracts';
import { isClosed, reopened } from '../alerts/alert-state.js';
import { merge } from '../state/changes.js';
import { drop, isDue, setTimer, type Draft } from '../state/draft.js';
import { isInstant } from '../ingest/identify.js';
import { setMonitoring } from '../monitoring/monitoring.js';
import { isStanding } from '../policy/recurrence.js';
import type { Rule } from '../rules/rule.js';
import { takeLimits, type SetThresholds } from '../limits/take-limits.js';
import { attended } from '../policy/attention.js';
import type { EpisodeState } from '../state/episode-state.js';
import type { RuleState } from '../state/machine-state.js';
import { episodeId, emit } from '../alerts/emit.js';

/** Newest act ids that are remembered. A repeat comes from the transport, so it comes soon. */
const ACTS_KEPT = 24;
const TIMER = 'snooze';
const MAX_SNOOZE = 24 * 3_600_000;
/** Resolving an alert whose condition still holds is a snooze of this length. */
export const RESOLVED_FOR = 30 * 60_000;

/** Applies what a person did. A repeat, an unknown episode and an act that no longer fits change nothing and are counted. */
export function applyAct(draft: Draft, record: ActRecord): void {
  if (draft.acts.includes(record.act)) {
    drop(draft, 'act-repeated');
    return;
  }
  draft.acts = [...draft.acts, record.act].slice(-ACTS_KEPT);
  draft.changed = true;
  const { does } = record;
  if (does.type === 'set-thresholds' || does.type === 'set-tenant-thresholds')
    merge(draft, takeLimits(draft.catalogue, draft, record, does));
  else if (does.type === 'set-monitoring') merge(draft, setMonitoring(draft.catalogue, draft, record, does));
  else if (isForReaders(does)) return;
  else if (!onEpisode(draft, record, does)) drop(draft, 'act-on-unknown-episode');
}

type ForReaders = Extract<ActRecord['does'], { type: 'set-therapy' | 'propose' | 'decide-proposal' }>;
type EpisodeAct = Exclude<ActRecord['does'], SetThresholds | { type: 'set-monitoring' } | ForReaders>;

/** Therapy, suggestions and decisions on them: in the log for whoever reads it; no rule follows from them. */
function isForReaders(does: ActRecord['does']): does is ForReaders {
  return does.type === 'set-therapy' || does.type === 'propose' || does.type === 'decide-proposal';
}

function onEpisode(draft: Draft, record: ActRecord, does: EpisodeAct): boolean {
  for (const rule of draft.catalogue.rules) {
    const state = draft.rules[rule.id];
    const index =
      state?.episodes.findIndex(
        ({ n, muted }) => muted === undefined && episodeId(draft.base, rule.id, n) === does.episode,
      ) ?? -1;
    if (state === undefined || index === -1) continue;
    const episode = state.episodes[index]!;
    if (isOutdated(does, episode)) {
      drop(draft, 'act-outdated');
      return true;
    }
    const next = act(draft, rule, record, does, episode);
    if (next === undefined) drop(draft, 'act-on-closed-episode');
    else draft.rules[rule.id] = withEpisode(state, index, next);
    return true;
  }
  return false;
}

/** Whether the severity has risen since what the person had seen: nobody acknowledges a high who saw a medium. */
function isOutdated({ sequence }: EpisodeAct, { told }: EpisodeState): boolean {
  return sequence !== undefined && told !== undefined && sequence < told.rose;
}

function act(
  draft: Draft,
  rule: Rule,
  record: ActRecord,
  does: EpisodeAct,
  episode: EpisodeState,
): EpisodeState | undefined {
  const { snoozedUntil: _, onBehalfOf: _before, ...awake } = episode;
  const { now } = draft;
  const { onBehalfOf } = record;
  const noted = {
    ...awake,
    ...(does.note === undefined ? undefined : { note: does.note }),
    ...(onBehalfOf === undefined ? undefined : { onBehalfOf }),
  };
  const closed = isClosed(episode.status);
  switch (does.type) {
    case 'acknowledge': {
      // What is over can still be acknowledged; it stays over.
      const seen = closed ? noted : { ...attended(draft, rule, noted), status: 'acknowledged' as const };
      const acknowledgedBy = onBehalfOf ?? record.actor;
      const acknowledged = recordFeedback(draft, rule, { ...seen, acknowledgedBy }, does.useful);
      const { overAt, ...told } = emit(draft, rule, acknowledged, 'acknowledged');
      return overAt === undefined ? told : emit(draft, rule, { ...told, status: 'resolved' }, 'resolved');
    }
    case 'snooze': {
      if (closed || !isInstant(does.until) || does.until <= now) return undefined;
      return snooze(draft, rule, noted, Math.min(does.until, now + MAX_SNOOZE));
    }
    case 'resolve': {
      if (closed) return undefined;
      if (episode.end === null || isStanding(episode)) return snooze(draft, rule, noted, now + RESOLVED_FOR);
      const { overAt: _over, ...resolved } = noted;
      const closedByHand = { rank: episode.rank, at: record.receivedAt };
      return emit(draft, rule, { ...resolved, status: 'resolved', closedByHand }, 'resolved');
    }
  }
}

function snooze(draft: Draft, rule: Rule, episode: EpisodeState, until: number): EpisodeState {
  const due = draft.timers[TIMER];
  if (due === undefined || until < due) setTimer(draft, TIMER, until);
  return emit(draft, rule, { ...attended(draft, rule, episode), status: 'snoozed', snoozedUntil: until }, 'snoozed');
}

/** Counts whether the alert was useful; later feedback on the same alert replaces the earlier. */
function recordFeedback(draft: Draft, rule: Rule, episode: EpisodeState, useful: boolean | undefined): EpisodeState {
  if (useful === undefined || useful === episode.useful) return episode;
  const was = draft.feedback[rule.id] ?? { useful: 0, notUseful: 0 };
  const before = { useful: episode.useful === true ? 1 : 0, notUseful: episode.useful === false ? 1 : 0 };
  const now = {
    useful: was.useful - before.useful + (useful ? 1 : 0),
    notUseful: was.notUseful - before.notUseful + (useful ? 0 : 1),
  };
  draft.feedback = { ...draft.feedback, [rule.id]: now };
  return { ...episode, useful };
}

function withEpisode(state: RuleState, index: number, episode: EpisodeState): RuleState {
  return { ...state, episodes: state.episodes.map((old, i) => (i === index ? episode : old)) };
}

/** Snoozes that have run out by the log's own time: the alert is open again, and pages. */
export function endSnoozes(draft: Draft): void {
  if (!isDue(draft, TIMER)) return;
  let next: number | null = null;
  for (const rule of draft.catalogue.rules) {
    const state = draft.rules[rule.id];
    if (state === undefined) continue;
    for (const [index, episode] of state.episodes.entries()) {
      if (episode.snoozedUntil === undefined) continue;
      if (episode.snoozedUntil > draft.now) {
        next = Math.min(next ?? Infinity, episode.snoozedUntil);
        continue;
      }
      const emitted = emit(draft, rule, reopened(episode), 'raised', 'snooze-ended');
      draft.rules[rule.id] = withEpisode(draft.rules[rule.id]!, index, emitted);
    }
  }
  setTimer(draft, TIMER, next);
}
