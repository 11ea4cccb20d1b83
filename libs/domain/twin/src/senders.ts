import { isClosed } from './alert-state.js';
import { NOTICED } from './clocks.js';
import type { Draft } from './draft.js';
import { NO_RULE_STATE } from './fold.js';
import type { SenderRule } from './rule.js';
import { CLOCK_STEP } from './sender-rules.js';
import { span } from './sentences.js';
import type { EpisodeState } from './state.js';
import { tell } from './tell.js';

const MINUTE = 60_000;
/** A condition of a sender is over when it has been right for this long, and is forgotten when it is not heard for a day. */
const RIGHT_FOR = 15 * MINUTE;
const FORGOTTEN_AFTER = 24 * 60 * MINUTE;
const EPISODES_KEPT = 4;

/** Judges what is wrong with senders' data, by the log's own time. */
export function judgeSenders(draft: Draft): void {
  const wrong: string[] = [];
  let since = draft.now;
  for (const origin of Object.keys(draft.clocks).sort()) {
    const clock = draft.clocks[origin]!;
    const { told, rightSince, heard } = clock;
    const isRight = rightSince !== null && draft.now - rightSince >= RIGHT_FOR;
    if (draft.now - heard >= FORGOTTEN_AFTER) {
      delete draft.clocks[origin];
      draft.changed = true;
    } else if (told !== 0 && isRight) {
      if (clock.off === 0) delete draft.clocks[origin];
      else draft.clocks[origin] = { ...clock, told: 0 };
      draft.changed = true;
    } else if (Math.abs(told) > NOTICED) {
      wrong.push(`${clock.source} is about ${span(Math.abs(told))} ${told > 0 ? 'ahead' : 'behind'}`);
      since = Math.min(since, clock.since);
    }
  }
  tellOfSenders(draft, CLOCK_STEP, wrong, since);
}

/** One episode of a patient while any sender is wrong; told again, without a page, when they change. */
function tellOfSenders(draft: Draft, rule: SenderRule, about: readonly string[], since: number): void {
  const state = draft.rules[rule.id] ?? NO_RULE_STATE;
  const last = state.episodes.at(-1);
  const open = last !== undefined && last.end === null ? last : undefined;
  if (open === undefined) {
    if (about.length === 0) return;
    const episode: EpisodeState = {
      n: state.count,
      start: since,
      end: null,
      rank: 1,
      peak: 1,
      status: 'open',
      sequence: 0,
      last: 'raised',
      raisedAt: draft.record.receivedAt,
      cites: [],
      limit: null,
      about,
    };
    const episodes = [...state.episodes, tell(draft, rule, episode, 'raised')].slice(-EPISODES_KEPT);
    draft.rules[rule.id] = { ...state, episodes, count: state.count + 1 };
    return;
  }
  if (about.length > 0 && about.join() === (open.about ?? []).join()) return;
  draft.changed = true;
  const next = about.length === 0 ? ended(draft, rule, open) : changed(draft, rule, open, about);
  draft.rules[rule.id] = { ...state, episodes: [...state.episodes.slice(0, -1), next] };
}

function changed(draft: Draft, rule: SenderRule, open: EpisodeState, about: readonly string[]): EpisodeState {
  const next = { ...open, about };
  return isClosed(open.status) ? next : tell(draft, rule, next, 'amended', 'sources-changed');
}

function ended(draft: Draft, rule: SenderRule, open: EpisodeState): EpisodeState {
  const { snoozedUntil: _, ...rest } = open;
  const over = { ...rest, end: Math.max(draft.now, open.start) };
  return isClosed(open.status) ? over : tell(draft, rule, { ...over, status: 'resolved' }, 'resolved');
}
