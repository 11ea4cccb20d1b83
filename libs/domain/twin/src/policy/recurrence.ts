import { isOpen } from '../alerts/alert-state.js';
import type { Draft } from '../state/draft.js';
import { RANKS, type MeasureRule, type Rule } from '../rules/rule.js';
import type { EpisodeState } from '../state/episode-state.js';
import { amendPending, emit } from '../alerts/emit.js';

const MINUTE = 60_000;
/** Episodes that follow each other within this time are one story too, however short the refractory time, */
const SPACED = 60 * MINUTE;
/** from this many on: the second one, after the refractory time, still pages for itself. */
const SPACED_FROM = 3;
/** One of high priority that begins so long after the last has ended pages, whatever stands for it. */
const HIGH_APART = 15 * MINUTE;
/** Time for which one of them has to last to page by itself: this, then twice what the last that did had lasted, up to an hour. */
const PERSISTS = { first: 15 * MINUTE, most: 60 * MINUTE } as const;

/** Episodes that followed each other within the refractory time, or more of them within the hour, up to the one that begins now. */
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
  /** They are further apart than the refractory time, but no further than this, ms. */
  readonly within?: number;
}

/** An alert that stands for episodes that keep coming back, between two of them: open although its own episode has ended. */
export function isStanding(episode: EpisodeState): boolean {
  return episode.recurring !== undefined && episode.end !== null && episode.overAt === undefined && isOpen(episode);
}

/** Highest severity of the condition that paged in this episode, as a rank: without the one that was added because nobody acknowledged it. */
export function pagedRank({ paged, peak }: EpisodeState): number {
  return Math.min(paged ?? peak, peak);
}

/** What an episode that begins at `start` comes back from, or null when it is the first. */
export function recurrenceOf(rule: Rule, own: readonly EpisodeState[], start: number): Recurrence | null {
  const earlier = own.filter((one) => one.start < start && one.end !== null && !isUnseen(one));
  earlier.sort((a, b) => b.start - a.start);
  const until = earlier[0]?.end;
  if (until == null) return null;
  const standing = earlier.find(isStanding);
  if (standing !== undefined && start - until < patienceOf(rule, standing)) {
    const { count, since, within } = standing.recurring!;
    return {
      count: count + 1,
      since,
      standing,
      paged: standing,
      until,
      ...(within === undefined ? undefined : { within }),
    };
  }
  const refractory = refractoryOf(rule);
  if (start - until < refractory) return chainOf(earlier, start, until, refractory);
  if (rule.policy.latching || start - until >= SPACED) return null;
  const spaced = chainOf(earlier, start, until, Math.max(refractory, SPACED));
  return spaced.count < SPACED_FROM ? null : { ...spaced, within: SPACED };
}

/** Those that followed each other, each within `apart` of the end of the one before. */
function chainOf(newestFirst: readonly EpisodeState[], start: number, until: number, apart: number): Recurrence {
  let since = start;
  let count = 1;
  let paged: EpisodeState | undefined;
  for (const one of newestFirst) {
    if (since - one.end! >= apart) break;
    since = one.start;
    count++;
    if (one.muted === undefined && one.status !== 'retrospective') paged ??= one;
  }
  return { count, since, standing: undefined, paged, until };
}

function refractoryOf({ policy }: Rule): number {
  return policy.refractorySeconds * 1000;
}

/** For how long after the last episode the alert waits for another. */
function patienceOf(rule: Rule, { recurring }: EpisodeState): number {
  return Math.max(refractoryOf(rule), recurring?.within ?? 0);
}

/** Time for which an episode that an alert stands for has to last until it pages by itself. */
export function persistsAfter({ recurring }: EpisodeState): number {
  return Math.min(Math.max(PERSISTS.first, 2 * (recurring?.lasted ?? 0)), PERSISTS.most);
}

/** In shadow, or not known to be over yet. */
function isUnseen({ muted }: EpisodeState): boolean {
  return muted?.reason === 'shadow' || muted?.reason === 'catching-up';
}

/** Whether an episode of high priority begins so long after the last that no alert that was raised before says enough of it. */
export function isHighApart({ rank, start }: EpisodeState, { until }: Recurrence): boolean {
  return rank === RANKS.high && start - until >= HIGH_APART;
}

/** Counts one more, without a page. */
export function countOne(draft: Draft, rule: Rule, standing: EpisodeState): EpisodeState {
  const recurring = { ...standing.recurring!, count: standing.recurring!.count + 1 };
  return amendPending(draft, rule, { ...standing, recurring }, 'recurring');
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
  const standing = episodes.filter(isStanding);
  if (standing.length === 0) return episodes;
  const last = Math.max(...episodes.map(({ end }) => end ?? Number.POSITIVE_INFINITY));
  if (t < last + Math.max(...standing.map((one) => patienceOf(rule, one)))) return episodes;
  return episodes.map((one) => (isStanding(one) ? endStanding(draft, rule, one, last) : one));
}
