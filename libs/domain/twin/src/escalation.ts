import { isClosed } from './alert.js';
import { setTimer, type Draft } from './draft.js';
import { RULES } from './rules.js';
import type { EpisodeState } from './state.js';
import { tell } from './tell.js';

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
    const episode = state?.episodes.at(-1);
    if (seconds === null || state === undefined || episode === undefined || !isIgnored(episode)) continue;
    const due = (episode.pagedAt ?? episode.raisedAt) + seconds * 1000;
    if (due > draft.now) {
      next = Math.min(next ?? due, due);
      continue;
    }
    const escalated = tell(draft, rule, { ...episode, escalatedAt: draft.now }, 'escalated', 'unacknowledged');
    draft.rules[rule.id] = { ...state, episodes: [...state.episodes.slice(0, -1), escalated] };
  }
  setTimer(draft, TIMER, next);
}

function isIgnored(episode: EpisodeState): boolean {
  const { status, muted, escalatedAt, acknowledgedBy } = episode;
  if (isClosed(status) || status !== 'open' || muted !== undefined) return false;
  return escalatedAt === undefined && acknowledgedBy === undefined;
}
