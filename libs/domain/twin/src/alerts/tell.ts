import type { AlertReason, Transition } from '#libs/contracts';
import { uuidOf } from '#libs/domain/quantities';
import { alertRank, isClosed } from './alert-state.js';
import { alertOf } from './alert.js';
import type { Draft } from '../state/draft.js';
import { layersOf, limitsAt } from '../rules/limits.js';
import { personOf } from '../facts/person.js';
import { RANKS, type Rule } from '../rules/rule.js';
import type { EpisodeState, TwinState } from '../state/state.js';

/** The episode's public id: the same at every replay. */
export function episodeId(twin: Pick<TwinState, 'tenant' | 'patient'>, rule: string, n: number): string {
  return uuidOf(`episode|${twin.tenant}|${rule}|${n}|${twin.patient}`);
}

/** Adds a transition with the alert as it now stands, and gives back the episode that remembers it. */
export function tell(
  draft: Draft,
  rule: Rule,
  episode: EpisodeState,
  transition: Transition,
  reason?: AlertReason,
): EpisodeState {
  const sequence = episode.sequence + 1;
  const pages = transition === 'raised' || transition === 'escalated';
  const { reason: _before, ...rest } = episode;
  const told: EpisodeState = {
    ...rest,
    sequence,
    last: transition,
    ...(reason === undefined ? undefined : { reason }),
    ...(pages ? { pagedAt: draft.now, paged: Math.max(episode.paged ?? 0, alertRank(episode)) } : undefined),
  };
  const id = episodeId(draft.base, rule.id, told.n);
  const alert = alertIn(draft, rule, told);
  draft.changed = true;
  draft.transitions.push({
    id: uuidOf(`transition|${sequence}|${id}`),
    episode: id,
    sequence,
    rule: rule.id,
    closed: isClosed(told.status),
    effectiveAt: told.start,
    raisedAt: told.raisedAt,
    at: draft.record.receivedAt,
    ...(told.snoozedUntil === undefined ? undefined : { snoozedUntil: told.snoozedUntil }),
    alert,
  });
  const rank = RANKS[alert.severity];
  const rose = episode.told === undefined || rank > episode.told.rank ? sequence : episode.told.rose;
  return { ...told, told: { rank, rose } };
}

/** The alert of an episode changed in a way that is worth no message of its own if one of this record carries it already. */
export function retell(draft: Draft, rule: Rule, episode: EpisodeState, reason: AlertReason): EpisodeState {
  const id = episodeId(draft.base, rule.id, episode.n);
  const index = draft.transitions.findIndex((one) => one.episode === id && one.sequence === episode.sequence);
  if (index === -1) return tell(draft, rule, episode, 'amended', reason);
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
