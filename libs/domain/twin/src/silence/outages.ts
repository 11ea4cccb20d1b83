import type { Outage } from '#libs/contracts';
import type { Draft } from '../state/draft.js';
import { NO_RULE_STATE } from '../time/fold.js';
import { SYSTEM_OUTAGE } from '../ingest/sender-rules.js';
import { span } from '../alerts/sentences.js';
import type { EpisodeState } from '../state/episode-state.js';
import { emitUnlessOff } from '../monitoring/switch-monitoring.js';
import { emit } from '../alerts/emit.js';

const EPISODES_KEPT = 4;
/** An outage that begins this soon after the end of another is the same one: its parts are not heard again at the same moment, ms. */
const SAME_WITHIN = 30_000;

/** Follows an outage of the system itself: one episode from the last heartbeat to the next. A repeat changes nothing. */
export function followOutage(draft: Draft, outage: Outage): void {
  const state = draft.rules[SYSTEM_OUTAGE.id] ?? NO_RULE_STATE;
  const last = state.episodes.at(-1);
  const isKnown = last !== undefined && (last.end === null || outage.from <= last.end + SAME_WITHIN);
  if (isKnown) {
    if (last.end !== null || outage.until === undefined) return;
    draft.rules[SYSTEM_OUTAGE.id] = {
      ...state,
      episodes: [...state.episodes.slice(0, -1), ended(draft, last, outage)],
    };
    return;
  }
  const episode = emitUnlessOff(draft, SYSTEM_OUTAGE, {
    n: state.count,
    start: outage.from,
    end: null,
    rank: 2,
    peak: 2,
    status: 'open',
    sequence: 0,
    last: 'raised',
    raisedAt: draft.record.receivedAt,
    cites: [],
    limit: null,
    about: [describeOutage(outage)],
  });
  const episodes = [...state.episodes, outage.until === undefined ? episode : ended(draft, episode, outage)];
  draft.rules[SYSTEM_OUTAGE.id] = { ...state, episodes: episodes.slice(-EPISODES_KEPT), count: state.count + 1 };
}

function ended(draft: Draft, episode: EpisodeState, outage: Outage): EpisodeState {
  const end = Math.max(outage.until ?? draft.now, episode.start);
  const { snoozedUntil: _, ...rest } = episode;
  const over: EpisodeState = {
    ...rest,
    end,
    status: 'resolved',
    about: [describeOutage({ ...outage, from: episode.start })],
  };
  draft.changed = true;
  return episode.muted === undefined ? emit(draft, SYSTEM_OUTAGE, over, 'resolved') : over;
}

function describeOutage({ components, from, until }: Outage): string {
  return `${components.join(', ')} not running${until === undefined ? '' : ` for ${span(until - from)}`}`;
}
