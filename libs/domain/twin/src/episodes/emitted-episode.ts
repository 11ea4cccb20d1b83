import { RESOLVED_FOR } from '../acts/acts.js';
import { isClosed, reopened } from '../alerts/alert-state.js';
import { fallen, furtherThanSeen, risen, SAME_SEVERITY } from '../policy/attention.js';
import { isOverdue } from '../late/catch-up.js';
import type { Draft } from '../state/draft.js';
import { differs } from './episode-content.js';
import type { Look } from './look.js';
import { furthestOf } from '../policy/further.js';
import { isPagedByLeader } from '../policy/leaders.js';
import type { MeasureRule } from '../rules/rule.js';
import type { EpisodeState } from '../state/episode-state.js';
import { emit } from '../alerts/emit.js';

/** Continues an emitted episode with the result of a record, and emits the transition that follows, if any. */
export function continueEmitted(
  draft: Draft,
  rule: MeasureRule,
  old: EpisodeState,
  next: EpisodeState,
  look: Look,
): EpisodeState {
  const moved = look.since !== null && differs(old, next);
  if (isClosed(old.status)) return goOnClosed(draft, rule, old, next, moved, look.held);
  if (next.end !== null) return ended(draft, rule, old, next, moved);
  if (old.overAt !== undefined) return look.held ? old : returned(draft, rule, old, next, old.overAt);
  const { heldSince = draft.now, ...known } = next;
  if (look.held && !isOverdue(draft, heldSince)) {
    const waiting = next.rank === old.rank ? known : { ...known, rank: old.rank, heldSince };
    return moved ? emit(draft, rule, waiting, 'amended', 'data-changed') : waiting;
  }
  // A recurring alert keeps its severity.
  const going = old.recurring === undefined ? known : { ...known, rank: Math.max(known.rank, old.rank) };
  if (going.rank > old.rank) {
    const { pages, episode } = risen(going, look.newest);
    if (pages && isPagedByLeader(draft, rule, episode.rank)) {
      return emit(draft, rule, episode, 'amended', 'severity-rose');
    }
    return pages ? emit(draft, rule, episode, 'escalated') : emit(draft, rule, episode, 'amended', 'severity-returned');
  }
  if (going.rank < old.rank) return emit(draft, rule, fallen(going, old.rank, look.newest), 'deescalated');
  const { pages, episode } = furtherThanSeen(draft, rule, going, look.fresh);
  if (pages) return emit(draft, rule, reopened(episode), 'raised', 'worse');
  return moved ? emit(draft, rule, episode, 'amended', 'data-changed') : episode;
}

/** A latched condition is back: a page the first time, and again when it had been gone for a while. */
function returned(
  draft: Draft,
  rule: MeasureRule,
  old: EpisodeState,
  next: EpisodeState,
  overAt: number,
): EpisodeState {
  const { overAt: _, ...going } = next;
  const { count, since } = old.recurring ?? { count: 1, since: old.start };
  const again = { ...going, recurring: { count: count + 1, since } };
  if (old.recurring !== undefined && next.start - overAt < SAME_SEVERITY) {
    return emit(draft, rule, again, 'amended', 'recurring');
  }
  return emit(draft, rule, reopened(again), 'raised', 'recurring');
}

function goOnClosed(
  draft: Draft,
  rule: MeasureRule,
  old: EpisodeState,
  next: EpisodeState,
  moved: boolean,
  held: boolean,
): EpisodeState {
  const { closedByHand } = old;
  if (next.end !== null) return moved ? emit(draft, rule, next, 'amended', 'data-changed') : next;
  if (held) return next;
  const { closedByHand: _, ...again } = next;
  if (closedByHand === undefined) return emit(draft, rule, reopened(again), 'raised', 'reopened');
  // Versions before closed what still held for good: it counts as a snooze now.
  if (next.rank > closedByHand.rank) return emit(draft, rule, reopened(again), 'raised', 'worse');
  if (draft.now < closedByHand.at + RESOLVED_FOR) return next;
  return emit(draft, rule, reopened(again), 'raised', 'snooze-ended');
}

/** The condition has ended. A latching alert stays open until acknowledged, a recurring one while it recurs. */
function ended(draft: Draft, rule: MeasureRule, old: EpisodeState, next: EpisodeState, moved: boolean): EpisodeState {
  if (rule.policy.latching && next.status === 'open') {
    if (next.overAt === next.end) return moved ? emit(draft, rule, next, 'amended', 'data-changed') : next;
    return emit(draft, rule, { ...next, overAt: next.end! }, 'amended', 'latched');
  }
  if (!rule.policy.latching && next.recurring !== undefined) {
    const far = furthestOf(rule, [next]);
    const recurring = { ...next.recurring, ...(far === undefined ? undefined : { far }) };
    const standing = { ...next, rank: old.rank, recurring };
    return moved ? emit(draft, rule, standing, 'amended', 'data-changed') : standing;
  }
  const { snoozedUntil: _, ...rest } = next;
  return emit(draft, rule, { ...rest, status: 'resolved' }, 'resolved');
}
