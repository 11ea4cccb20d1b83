import { isClosed, reopened } from '../alerts/alert-state.js';
import { merge } from '../state/changes.js';
import type { Draft } from '../state/draft.js';
import { endMonitoringOff, offReasonOf } from './monitoring.js';
import { isOffReason } from './off-reason.js';
import { suppress } from '../policy/policy.js';
import { ledBy } from '../policy/leaders.js';
import type { Rule } from '../rules/rule.js';
import type { EpisodeState } from '../state/episode-state.js';
import { emit } from '../alerts/emit.js';

/**
 * Follows a change of monitoring: alerts of rules that are off now are closed, and what still holds of rules that are on again is raised.
 * What begins while a rule is off is suppressed where it begins.
 */
export function switchMonitoring(draft: Draft): void {
  merge(draft, endMonitoringOff(draft));
  if (draft.monitoring === draft.base.monitoring) return;
  draft.changed = true;
  for (const rule of draft.catalogue.rules) {
    const state = draft.rules[rule.id];
    if (state === undefined) continue;
    const episodes = state.episodes.map((episode) => switched(draft, rule, episode));
    draft.rules[rule.id] = { ...draft.rules[rule.id]!, episodes };
  }
}

/** Raises an episode that begins now, or suppresses it where its rule is off. For rules without a policy of their own. */
export function emitUnlessOff(draft: Draft, rule: Rule, episode: EpisodeState): EpisodeState {
  const reason = offReasonOf(draft, rule.id, draft.now);
  if (reason === null) return emit(draft, rule, episode, 'raised');
  return suppress(draft, rule, { ...episode, muted: { reason, by: null, until: null, rank: episode.rank } });
}

function switched(draft: Draft, rule: Rule, episode: EpisodeState): EpisodeState {
  const reason = offReasonOf(draft, rule.id, draft.now);
  const { muted } = episode;
  if (reason !== null && muted === undefined && !isClosed(episode.status)) {
    const { snoozedUntil: _, overAt, ...awake } = episode;
    const closed = emit(draft, rule, { ...awake, status: 'resolved' }, 'resolved', reason);
    // What has gone already and only waited to be seen is over for good.
    if (overAt !== undefined) return closed;
    return suppress(draft, rule, { ...closed, muted: { reason, by: null, until: null, rank: episode.rank } });
  }
  if (reason !== null || muted === undefined || !isOffReason(muted.reason) || episode.end !== null) return episode;
  const still = ledBy(draft, rule, episode, draft.asOf ?? draft.now);
  if (still !== null) return { ...episode, muted: still };
  const { muted: _, ...audible } = episode;
  const raisedAt = draft.record.receivedAt;
  return emit(draft, rule, { ...reopened(audible), raisedAt }, 'raised', 'monitoring-on');
}
