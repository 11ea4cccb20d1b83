import type { AlertReason, Transition } from '#libs/contracts';
import { uuidOf } from '#libs/domain/quantities';
import { alertRank, isClosed } from './alert-state.js';
import { alertOf } from './alert.js';
import type { Draft } from '../state/draft.js';
import { layersOf, limitsAt } from '../limits/limits.js';
import { personOf } from '../facts/person.js';
import { RANKS, type Rule } from '../rules/rule.js';
import type { EpisodeState } from '../state/episode-state.js';
import type { TwinState } from '../state/state.js';

/** The episode's public id: the same at every replay. */
export function episodeId(twin: Pick<TwinState, 'tenant' | 'patient'>, rule: string, n: number): string {
  return uuidOf(`episode|${twin.tenant}|${rule}|${n}|${twin.patient}`);
}

/** Emits a transition with the present alert, and returns the updated episode. */
export function emit(
  draft: Draft,
  rule: Rule,
  episode: EpisodeState,
  transition: Transition,
  reason?: AlertReason,
): EpisodeState {
  const sequence = episode.sequence + 1;
  const pages = transition === 'raised' || transition === 'escalated';
  const { reason: _before, ...rest } = episode;
  const emitted: EpisodeState = {
    ...rest,
    sequence,
    last: transition,
    ...(reason === undefined ? undefined : { reason }),
    ...(pages ? { pagedAt: draft.now, paged: Math.max(episode.paged ?? 0, alertRank(episode)) } : undefined),
  };
  const id = episodeId(draft.base, rule.id, emitted.n);
  const alert = alertIn(draft, rule, emitted);
  draft.changed = true;
  draft.transitions.push({
    id: uuidOf(`transition|${sequence}|${id}`),
    episode: id,
    sequence,
    rule: rule.id,
    closed: isClosed(emitted.status),
    effectiveAt: emitted.start,
    raisedAt: emitted.raisedAt,
    at: draft.record.receivedAt,
    ...(emitted.snoozedUntil === undefined ? undefined : { snoozedUntil: emitted.snoozedUntil }),
    alert,
  });
  const rank = RANKS[alert.severity];
  const rose = episode.told === undefined || rank > episode.told.rank ? sequence : episode.told.rose;
  return { ...emitted, told: { rank, rose } };
}

/** Amends the alert of an episode: in the transition that this record already emits, if there is one, else by one of its own. */
export function amendPending(draft: Draft, rule: Rule, episode: EpisodeState, reason: AlertReason): EpisodeState {
  const id = episodeId(draft.base, rule.id, episode.n);
  const index = draft.transitions.findIndex((one) => one.episode === id && one.sequence === episode.sequence);
  if (index === -1) return emit(draft, rule, episode, 'amended', reason);
  const alert = alertIn(draft, rule, episode);
  draft.transitions[index] = { ...draft.transitions[index]!, alert };
  return episode;
}

function alertIn(draft: Draft, rule: Rule, episode: EpisodeState): ReturnType<typeof alertOf> {
  const id = episodeId(draft.base, rule.id, episode.n);
  const limits = limitsAt(rule, layersOf(draft, rule.id), personOf(draft.facts), episode.start);
  return alertOf({
    id,
    patient: draft.base.patient,
    rule,
    limits,
    episode,
    transition: episode.last,
    reason: episode.reason,
    feedback: draft.feedback[rule.id],
    person: personOf(draft.facts),
  });
}
