import type { Draft } from '../state/draft.js';
import { isOpen } from '../alerts/alert-state.js';
import { isStanding } from './recurrence.js';
import { RANKS, type Rule } from '../rules/rule.js';
import type { EpisodeState } from '../state/episode-state.js';
import { episodeId } from '../alerts/emit.js';

const MINUTE = 60_000;
/** Time after the end of the leading alert before a persisting milder one of the same cause is emitted; shorter for a high one. */
export const AFTER_LEADER = 15 * MINUTE;
export const HIGH_AFTER_LEADER = MINUTE;
/** A predicted condition of no higher severity that begins within this time of its forecast adds nothing yet. */
const SAME_NEWS = 5 * MINUTE;

type Muted = NonNullable<EpisodeState['muted']>;

/** Suppressed by an open alert of the same cause of at least the same severity at `at` (effective time), if there is one. */
export function ledBy(draft: Draft, rule: Rule, { rank, start }: EpisodeState, at: number): Muted | null {
  const { group, foresees } = rule.policy;
  if (group === null) return null;
  for (const one of leaders(draft, at)) {
    if (one.rule.policy.group !== group || one.rule === rule || one.rank < rank) continue;
    const muted = { reason: 'same-cause', by: one.id, until: null, rank } as const;
    if (one.rule.policy.foresees !== true || foresees === true) return muted;
    // Subscribers to the low itself must receive it, but not at the same moment.
    const since = at - one.episode.start;
    const isSameNews = rank < RANKS.high && since > 0 && since < SAME_NEWS;
    if (isSameNews) return { ...muted, until: start + AFTER_LEADER };
  }
  return null;
}

/** Whether a more severe open alert of the same cause leads, and goes on leading. */
export function isOutranked(draft: Draft, rule: Rule, rank: number): boolean {
  return leadersOf(draft, rule).some((one) => one.rank > rank && one.rule.policy.escalateAfterSeconds !== null);
}

/** Whether a severity of this rank is already paged by another open alert of the same cause. */
export function isPagedByLeader(draft: Draft, rule: Rule, rank: number): boolean {
  return leadersOf(draft, rule).some((one) => one.rank >= rank);
}

/** Open alerts of the same cause; what comes true does not follow its forecast. */
function leadersOf(draft: Draft, rule: Rule): readonly Leader[] {
  const { group, foresees } = rule.policy;
  if (group === null) return [];
  return leaders(draft, Number.POSITIVE_INFINITY).filter(
    ({ rule: other }) =>
      other !== rule && other.policy.group === group && (foresees === true || other.policy.foresees !== true),
  );
}

interface Leader {
  readonly id: string;
  readonly rule: Rule;
  readonly episode: EpisodeState;
  readonly rank: number;
}

/**
 * Alerts that are open, as the record has them so far, and whose condition holds or keeps coming back; one that is latched leads for a
 * short while after its condition has ended (`at`: effective time), because what follows at once is the same event.
 */
export function leaders(draft: Draft, at: number): readonly Leader[] {
  return draft.catalogue.rules.flatMap((rule) =>
    (draft.rules[rule.id]?.episodes ?? []).flatMap((episode, _, own) => {
      const leads = holds(episode) || standsForNow(episode, own) || isJustOver(episode, at);
      if (episode.muted !== undefined || !leads) return [];
      const { closedByHand, n } = episode;
      return [{ id: episodeId(draft.base, rule.id, n), rule, episode, rank: closedByHand?.rank ?? episode.rank }];
    }),
  );
}

/** Between episodes that are far apart, an alert that stands for them says nothing of a milder one of now. */
function standsForNow(episode: EpisodeState, own: readonly EpisodeState[]): boolean {
  if (!isStanding(episode)) return false;
  return episode.recurring?.within === undefined || own.some(({ end }) => end === null);
}

function isJustOver({ overAt }: EpisodeState, at: number): boolean {
  return overAt !== undefined && at - overAt < HIGH_AFTER_LEADER;
}

/** `closedByHand`: closed by a version before this one although it goes on. */
function holds(episode: EpisodeState): boolean {
  return episode.end === null && (isOpen(episode) || episode.closedByHand !== undefined);
}
