import { isDue, setTimer, type Draft } from '../state/draft.js';
import { overBy } from './clearing.js';
import { isOutranked } from './leaders.js';
import type { EpisodeState } from '../state/episode-state.js';
import { emit } from '../alerts/emit.js';

const TIMER = 'escalation';

/**
 * Alerts that nobody has acknowledged for as long as their rule allows, by the log's own time, are escalated by one severity,
 * once. Acknowledged, snoozed, suppressed and technical alerts are not; those whose values are back wait until they are over, or are not.
 */
export function escalateIgnored(draft: Draft): void {
  const isAnyWaiting = draft.timers[TIMER] !== undefined;
  if (draft.transitions.length === 0 && !isDue(draft, TIMER) && !(isAnyWaiting && hasNewValues(draft))) return;
  let next: number | null = null;
  for (const rule of draft.catalogue.rules) {
    const seconds = rule.policy.escalateAfterSeconds;
    const state = draft.rules[rule.id];
    if (seconds === null || state === undefined || !state.episodes.some(isIgnored)) continue;
    const episodes = state.episodes.map((episode) => {
      if (!isIgnored(episode)) return episode;
      const back = episode.end === null ? overBy(draft, rule) : null;
      const due = Math.max((episode.pagedAt ?? episode.raisedAt) + seconds * 1000, back ?? 0);
      if (due <= draft.now && isOutranked(draft, rule, episode.rank)) {
        // A more severe alert of the same cause is open; this one restarts its time.
        draft.changed = true;
        next = Math.min(next ?? Infinity, draft.now + seconds * 1000);
        return { ...episode, pagedAt: draft.now };
      }
      if (due <= draft.now)
        return emit(draft, rule, { ...episode, escalatedAt: draft.now }, 'escalated', 'unacknowledged');
      next = Math.min(next ?? due, due);
      return episode;
    });
    draft.rules[rule.id] = { ...state, episodes };
  }
  setTimer(draft, TIMER, next);
}

/** They may show that what waited to be over is not. */
function hasNewValues({ measurements }: Draft): boolean {
  return measurements.length > 0;
}

/** Between episodes that keep coming back, what was escalated once and is ignored since is not escalated again. */
function isIgnored(episode: EpisodeState): boolean {
  const { status, muted, escalatedAt, recurring, end } = episode;
  if (status !== 'open' || muted !== undefined || escalatedAt !== undefined) return false;
  return end === null || recurring?.escalated !== true;
}

/** Whether an alert, or one that stood before it for what keeps coming back, was escalated, and nobody has attended since. */
export function isEscalated({ status, escalatedAt, recurring }: EpisodeState): boolean {
  return status === 'open' && (escalatedAt !== undefined || recurring?.escalated === true);
}
