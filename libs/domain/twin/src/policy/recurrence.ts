import { isOpen } from '../alerts/alert-state.js';
import type { Draft } from '../state/draft.js';
import type { MeasureRule, Rule } from '../rules/rule.js';
import type { EpisodeState } from '../state/episode-state.js';
import { amendPending, emit } from '../alerts/emit.js';

/** Episodes that followed each other within the refractory time, up to the one that begins now. */
export interface Recurrence {
  /** How many, the new one included, and when the first of them began. */
  readonly count: number;
  readonly since: number;
  /** The open alert that stands for them, once there is one. */
  readonly standing: EpisodeState | undefined;
  /** Without it, the newest of them that paged. */
  readonly paged: EpisodeState | undefined;
  /** When the last of them before the new one ended. */
  readonly until: number;
}

/** An alert that stands for episodes that keep coming back, between two of them: open although its own episode has ended. */
export function isStanding(episode: EpisodeState): boolean {
  return episode.recurring !== undefined && episode.end !== null && episode.overAt === undefined && isOpen(episode);
}

/** Highest severity that paged in this episode, as a rank. */
export function pagedRank({ paged, peak }: EpisodeState): number {
  return paged ?? peak;
}

/** What an episode that begins at `start` comes back from, or null when it is the first. */
export function recurrenceOf(rule: Rule, own: readonly EpisodeState[], start: number): Recurrence | null {
  const refractory = rule.policy.refractorySeconds * 1000;
  const earlier = own.filter((one) => one.start < start && one.end !== null && !isUnseen(one));
  earlier.sort((a, b) => b.start - a.start);
  const until = earlier[0]?.end;
  if (until == null || start - until >= refractory) return null;
  const standing = earlier.find(isStanding);
  if (standing !== undefined) {
    const { count, since } = standing.recurring!;
    return { count: count + 1, since, standing, paged: standing, until };
  }
  let since = start;
  let count = 1;
  let paged: EpisodeState | undefined;
  for (const one of earlier) {
    if (since - one.end! >= refractory) break;
    since = one.start;
    count++;
    if (one.muted === undefined && one.status !== 'retrospective') paged ??= one;
  }
  return { count, since, standing, paged, until };
}

/** In shadow, or not known to be over yet. */
function isUnseen({ muted }: EpisodeState): boolean {
  return muted?.reason === 'shadow' || muted?.reason === 'catching-up';
}

/** Counts one more, without a page. */
export function countOne(draft: Draft, rule: Rule, standing: EpisodeState): EpisodeState {
  const { count, since } = standing.recurring!;
  return amendPending(draft, rule, { ...standing, recurring: { count: count + 1, since } }, 'recurring');
}

/** The alert stands for no more episodes: none came back within the refractory time, or a more severe or persisting one takes its place. */
export function endStanding(draft: Draft, rule: Rule, standing: EpisodeState, until: number): EpisodeState {
  const { snoozedUntil: _, ...rest } = standing;
  const recurring = { ...standing.recurring!, until };
  return emit(draft, rule, { ...rest, status: 'resolved', recurring }, 'resolved');
}

/** Ends what no episode came back to within the refractory time before `t`, the newest effective time or the start of the next episode. */
export function endOver(
  draft: Draft,
  rule: MeasureRule,
  episodes: readonly EpisodeState[],
  t: number,
): readonly EpisodeState[] {
  if (!episodes.some(isStanding)) return episodes;
  const last = Math.max(...episodes.map(({ end }) => end ?? Number.POSITIVE_INFINITY));
  if (t < last + rule.policy.refractorySeconds * 1000) return episodes;
  return episodes.map((one) => (isStanding(one) ? endStanding(draft, rule, one, last) : one));
}
