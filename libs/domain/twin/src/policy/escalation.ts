import { setTimer, type Draft } from '../state/draft.js';
import { isOutranked } from './policy.js';
import { RULES } from '../rules/rules.js';
import type { EpisodeState } from '../state/state.js';
import { tell } from '../alerts/tell.js';

const TIMER = 'escalation';

/**
 * Alerts that nobody has acknowledged for as long as their rule allows, by the log's own time, are told again one severity higher,
 * once. Acknowledged, snoozed, quiet and technical alerts are not.
 */
export function escalateIgnored(draft: Draft): void {
  const told = draft.timers[TIMER];
  if (draft.transitions.length === 0 && (told === undefined || told > draft.now)) return;
  let next: number | null = null;
  for (const rule of RULES) {
    const seconds = rule.policy.escalateAfterSeconds;
    const state = draft.rules[rule.id];
    if (seconds === null || state === undefined || !state.episodes.some(isIgnored)) continue;
    const episodes = state.episodes.map((episode) => {
      if (!isIgnored(episode)) return episode;
      const due = (episode.pagedAt ?? episode.raisedAt) + seconds * 1000;
      if (due <= draft.now && isOutranked(draft, rule, episode.rank)) {
        // The graver alert of the same cause asks for attention; this one starts anew.
        draft.changed = true;
        next = Math.min(next ?? Infinity, draft.now + seconds * 1000);
        return { ...episode, pagedAt: draft.now };
      }
      if (due <= draft.now)
        return tell(draft, rule, { ...episode, escalatedAt: draft.now }, 'escalated', 'unacknowledged');
      next = Math.min(next ?? due, due);
      return episode;
    });
    draft.rules[rule.id] = { ...state, episodes };
  }
  setTimer(draft, TIMER, next);
}

function isIgnored({ status, muted, escalatedAt }: EpisodeState): boolean {
  return status === 'open' && muted === undefined && escalatedAt === undefined;
}
