import { measureByNumber } from '#libs/domain/quantities';
import { isClosed, reopened } from '../alerts/alert-state.js';
import { drop, setTimer, type Draft } from '../state/draft.js';
import { NO_RULE_STATE } from '../time/fold.js';
import { layersOf, limitsAt, ownerAt, type Limits } from '../limits/limits.js';
import { personOf } from '../facts/person.js';
import { CONTINUOUS_AFTER, NO_DATA } from './no-data.js';
import { clock, span } from '../alerts/sentences.js';
import type { EpisodeLimit, EpisodeState } from '../state/episode-state.js';
import type { RuleState } from '../state/machine-state.js';
import type { StreamState } from '../state/sender-state.js';
import { codeOfStream } from '../ingest/streams.js';
import { emitUnlessOff } from '../monitoring/switch-monitoring.js';
import { emit } from '../alerts/emit.js';

const TIMER = 'no-data';
const EPISODES_KEPT = 4;

interface Silent {
  readonly key: string;
  readonly due: number;
  readonly seconds: number;
  readonly words: string;
}

/**
 * Evaluates silence by the log's own time, which records and ticks advance. A continuous stream is due its limit after it was last
 * received. While data arrive it is not silent, however old the values are: a gateway is catching up. One episode per patient covers
 * all silent streams; it ends when none is silent. Only a tick begins an episode, because ticks carry whether the
 * system itself was receiving.
 */
export function judgeSilence(draft: Draft): void {
  const limits = limitsAt(NO_DATA, layersOf(draft, NO_DATA.id), personOf(draft.facts), draft.now);
  const { silent, next: nextDue } = look(draft, limits);
  const known = openEpisode(draft)?.about ?? [];
  const isEmitted = ({ words }: Silent): boolean => draft.record.kind === 'tick' || known.includes(words);
  follow(draft, silent.filter(isEmitted));
  const next = silent.reduce<number | null>(
    (soonest, one) => (isEmitted(one) ? soonest : Math.min(soonest ?? one.due, one.due)),
    nextDue,
  );
  const due = draft.timers[TIMER];
  // A timer that is too early only costs a look; moving it with every sample would cost a write.
  if (next === null || due === undefined || next < due || due <= draft.now) setTimer(draft, TIMER, next);
}

function look(draft: Draft, limits: Limits): { readonly silent: readonly Silent[]; readonly next: number | null } {
  const silent: Silent[] = [];
  const fresh = new Set<number>();
  let next: number | null = null;
  for (const key of Object.keys(draft.streams).sort()) {
    const stream = draft.streams[key]!;
    if (stream.n < CONTINUOUS_AFTER) continue;
    const code = codeOfStream(key);
    const name = NO_DATA.seconds[code];
    if (name === undefined) continue;
    const seconds = limits[name]!;
    // By receipt: the newest value may be of a clock that is ahead.
    // Data missed during an outage of this system are not silence of the device.
    const due = Math.max(stream.heard, draft.listeningSince ?? 0) + seconds * 1000;
    if (due <= draft.now) {
      silent.push({ key, due, seconds, words: '' });
      continue;
    }
    fresh.add(code);
    if (next === null || due < next) next = due;
    const catchingUp = stream.heard === draft.now && stream.t + seconds * 1000 <= draft.now;
    if (catchingUp && stream !== draft.base.streams[key]) drop(draft, 'no-data-held-back-catching-up');
  }
  const counted = silent.filter(({ key }) => !fresh.has(codeOfStream(key)));
  if (openEpisode(draft) === undefined)
    for (let i = counted.length; i < silent.length; i++) drop(draft, 'no-data-held-back-other-source');
  return { next, silent: counted.map((one) => ({ ...one, words: describeSilence(one, draft.streams[one.key]!) })) };
}

function openEpisode(draft: Draft): EpisodeState | undefined {
  const last = draft.rules[NO_DATA.id]?.episodes.at(-1);
  return last?.end === null ? last : undefined;
}

function describeSilence({ key, due, seconds }: Silent, stream: StreamState): string {
  const name = measureByNumber(codeOfStream(key))?.title.toLowerCase() ?? 'a measure';
  return `${name} from ${stream.source}, newest value of ${clock(stream.t, due)}, silent for more than ${span(seconds * 1000)}`;
}

function follow(draft: Draft, silent: readonly Silent[]): void {
  const state = draft.rules[NO_DATA.id] ?? NO_RULE_STATE;
  const open = openEpisode(draft);
  if (silent.length === 0) {
    if (open !== undefined) replaceLast(draft, state, end(draft, open));
    return;
  }
  const about = silent.map(({ words }) => words);
  if (open === undefined) {
    const episodes = [...state.episodes, begin(draft, state, silent, about)].slice(-EPISODES_KEPT);
    draft.rules[NO_DATA.id] = { ...state, episodes, count: state.count + 1 };
  } else if (about.join() !== (open.about ?? []).join()) {
    const isMore = about.some((one) => !(open.about ?? []).includes(one));
    replaceLast(draft, state, changed(draft, { ...open, about }, isMore));
    draft.changed = true;
  }
}

/** The set of silent streams has changed. An acknowledgement, snooze or closing does not cover a new one. */
function changed(draft: Draft, episode: EpisodeState, isMore: boolean): EpisodeState {
  if (episode.muted !== undefined) return episode;
  if (isMore && episode.status !== 'open') {
    const { closedByHand: _, ...again } = episode;
    return emit(draft, NO_DATA, reopened(again), 'raised', 'sources-changed');
  }
  return isClosed(episode.status) ? episode : emit(draft, NO_DATA, episode, 'amended', 'sources-changed');
}

function begin(draft: Draft, state: RuleState, silent: readonly Silent[], about: readonly string[]): EpisodeState {
  const first = silent.reduce((a, b) => (b.due < a.due ? b : a));
  const episode: EpisodeState = {
    n: state.count,
    start: first.due,
    end: null,
    rank: 1,
    peak: 1,
    status: 'open',
    sequence: 0,
    last: 'raised',
    raisedAt: draft.record.receivedAt,
    cites: [],
    limit: limitOf(draft, first),
    about,
  };
  return emitUnlessOff(draft, NO_DATA, episode);
}

function end(draft: Draft, open: EpisodeState): EpisodeState {
  const { snoozedUntil: _, ...rest } = open;
  const ended = { ...rest, end: Math.max(draft.now, open.start) };
  draft.changed = true;
  if (open.muted !== undefined) return { ...ended, status: 'resolved' };
  return isClosed(open.status) ? ended : emit(draft, NO_DATA, { ...ended, status: 'resolved' }, 'resolved');
}

function limitOf(draft: Draft, { key, seconds }: Silent): EpisodeLimit {
  const owner = ownerAt(layersOf(draft, NO_DATA.id), NO_DATA.seconds[codeOfStream(key)]!, draft.now);
  if (owner === null) return { limit: seconds, layer: 'default', owner: 'default' };
  const { author, reason, expiresAt } = owner;
  const expires = expiresAt === undefined ? undefined : { expiresAt };
  return { limit: seconds, layer: owner.layer, owner: author, reason, ...expires };
}

function replaceLast(draft: Draft, state: RuleState, episode: EpisodeState): void {
  draft.rules[NO_DATA.id] = { ...state, episodes: [...state.episodes.slice(0, -1), episode] };
}
