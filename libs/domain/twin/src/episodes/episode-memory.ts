import { isOpen } from '../alerts/alert-state.js';
import { raisedBy } from './episode-content.js';
import { gridTimes } from '../time/grid.js';
import type { EpisodeState } from '../state/episode-state.js';
import type { RuleState } from '../state/machine-state.js';

/** Closed episodes that are remembered per rule; beyond it late data can no longer change the oldest. */
const EPISODES_KEPT = 64;
/** Newest episodes that keep all they cite; older ones keep the value that raised them. */
const CITED_KEPT = 4;

/** Forgets what late data can no longer reach, and keeps the state small. */
export function bound(
  episodes: readonly EpisodeState[],
  floor: number | null,
  newest: number,
): Pick<RuleState, 'episodes' | 'floor'> {
  const reach = gridTimes(newest)[0]!;
  const ordered = [...episodes].sort((a, b) => a.start - b.start);
  const last = ordered.length - CITED_KEPT;
  let kept = ordered.filter(
    (episode, i) => i >= last || isOpen(episode) || episode.end === null || episode.end >= reach,
  );
  let lowest = floor;
  if (kept.length > EPISODES_KEPT) {
    const forgotten = kept.slice(0, kept.length - EPISODES_KEPT).filter((episode) => !isOpen(episode));
    if (forgotten.length > 0) lowest = (forgotten.at(-1)!.end ?? reach) + 1;
    kept = kept.filter((episode) => !forgotten.includes(episode));
  }
  const light = kept.length - CITED_KEPT;
  return { floor: lowest, episodes: kept.map((episode, i) => (i < light ? lighter(episode) : episode)) };
}

function lighter(episode: EpisodeState): EpisodeState {
  // The onset that a detector names lies before the values that showed it.
  const met = raisedBy(episode) ?? episode.cites[0];
  if (episode.end === null || met === undefined) return episode;
  if (episode.cites.length <= 1 && episode.finding === undefined) return episode;
  const { finding: _, ...light } = episode;
  return { ...light, cites: [met] };
}
