import { alertRank, isOpen } from '../../alerts/alert-state.js';
import type { StoredCited } from '../../state/cited.js';
import type { EpisodeState } from '../../state/episode-state.js';
import type { Citing } from '../cited-parts.js';
import type { OldTwin } from '../old-twin.js';

type Episode = Citing<StoredCited, EpisodeState>;

/**
 * Episodes of version 2 do not say with which severity they were last emitted and paged. It is that which they have: acts on them name a
 * sequence that is compared with it, and an alert that was paged as high is not paged again as one that rose.
 */
export function withEmittedMarks(twin: OldTwin): OldTwin {
  const rules = Object.entries(twin.rules).map(([id, state]) => [
    id,
    { ...state, episodes: state.episodes.map((episode) => (isOpen(episode) ? marked(episode) : episode)) },
  ]);
  return { ...twin, rules: Object.fromEntries(rules) as OldTwin['rules'] };
}

function marked(episode: Episode): Episode {
  const rank = alertRank(episode);
  return {
    ...episode,
    told: episode.told ?? { rank, rose: episode.sequence },
    ...(episode.pagedAt === undefined ? undefined : { paged: episode.paged ?? rank }),
  };
}
