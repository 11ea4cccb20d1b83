import { alertRank, reopened } from '../alerts/alert-state.js';
import type { Draft } from '../state/draft.js';
import { isFurther } from './further.js';
import type { Rule } from '../rules/rule.js';
import type { EpisodeState } from '../state/episode-state.js';
import type { Cited } from '../state/cited.js';

const MINUTE = 60_000;
/** A severity that comes back within this time of its fall pages once more, and then no longer. */
export const SAME_SEVERITY = 15 * MINUTE;

/** Notes how the patient was when a person acknowledged or snoozed the alert: what gets worse than that needs them again. */
export function attended(draft: Draft, rule: Rule, episode: EpisodeState): EpisodeState {
  const far = farNow(draft, rule, episode);
  return {
    ...episode,
    seen: { rank: alertRank(episode), asOf: draft.asOf ?? draft.now, ...(far === null ? undefined : { far }) },
  };
}

function farNow(draft: Draft, rule: Rule, episode: EpisodeState): number | null {
  if (rule.kind === 'limit') return newestAccepted(draft, rule.codes[0]);
  return rule.kind === 'stream' ? (episode.finding?.weight ?? null) : null;
}

/** The measure's newest value that is not bad: rules do not see bad ones, so nothing is further than one of them. */
function newestAccepted({ measures, checks }: Pick<Draft, 'measures' | 'checks'>, code: number): number | null {
  const latest = measures[code]?.latest;
  if (latest != null && latest.quality !== 2) return latest.x;
  const accepted = Object.values(checks[code]?.now ?? {}).sort((a, b) => b.heldT - a.heldT);
  return accepted[0]?.heldX ?? null;
}

/**
 * Whether an acknowledged or snoozed condition is now clearly further beyond its limit than the person saw it: by the rule's `further`
 * step, in the finding, or in the record's values (`fresh`) later than that moment, for as long as the rule's severest limit requires.
 */
export function furtherThanSeen(
  draft: Draft,
  rule: Rule,
  episode: EpisodeState,
  fresh: readonly Cited[],
): { readonly pages: boolean; readonly episode: EpisodeState } {
  const { seen, status } = episode;
  if (status === 'open' || seen?.far === undefined) return { pages: false, episode };
  const { far, asOf } = seen;
  const { met, run } = isFurther(draft, rule, episode, { far, asOf, run: seen.run, doubtful: 'counts' }, fresh);
  if (met || run === seen.run) return { pages: met, episode };
  const { run: _, ...rest } = seen;
  return { pages: false, episode: { ...episode, seen: { ...rest, ...(run === undefined ? undefined : { run }) } } };
}

/** The severity fell: remembered, so that one that keeps rising and falling does not page every time. */
export function fallen(episode: EpisodeState, from: number, at: number): EpisodeState {
  const before = fellWithin(episode, at);
  const { escalatedAt, escalatedRank = from } = episode;
  const escalated = escalatedAt === undefined ? undefined : { escalatedRank };
  const fell = { from: Math.max(from, before?.from ?? 0), at, paged: before?.paged ?? 0 };
  return { ...episode, ...escalated, fell };
}

/**
 * The severity rose: open again for everybody. One that comes back to where it was paged, and seen if anybody has attended, pages once
 * more and then no longer, until it has stayed lower for a while.
 */
export function risen(episode: EpisodeState, at: number): { readonly pages: boolean; readonly episode: EpisodeState } {
  const fell = fellWithin(episode, at);
  if (fell === undefined || fell.from < episode.rank) return { pages: true, episode: reopened(episode) };
  const isSeen = episode.status === 'open' || (episode.seen?.rank ?? 0) >= episode.rank;
  if (isSeen && fell.paged > 0) return { pages: false, episode };
  return { pages: true, episode: reopened({ ...episode, fell: { ...fell, paged: fell.paged + 1 } }) };
}

function fellWithin({ fell }: EpisodeState, at: number): EpisodeState['fell'] {
  return fell !== undefined && at - fell.at < SAME_SEVERITY ? fell : undefined;
}
