import type { Finding } from '../alerts/finding.js';
import type { FoundEpisode } from '../machines/limit-machine.js';
import type { EpisodeState } from '../state/episode-state.js';
import type { OpenEpisode } from '../state/machine-state.js';
import type { Cited } from '../state/cited.js';

/** An episode of one rule as it now stands. `told`: the ordinal of the emitted one that it still is, null: it was re-evaluated. */
export interface Standing {
  readonly episode: FoundEpisode;
  readonly told: number | null;
}

/** A stretch of the past that was judged again. Times in ms. */
export interface Stretch {
  /** What is found from here on rests on all there is. */
  readonly from: number;
  /** To here; Infinity: to now. */
  readonly until: number;
  /** What begins before this was found before the stretch, which may not show its beginning. */
  readonly sure: number;
  /** Time for which a condition may still be reported after it has ended. */
  readonly goneMs: number;
}

export function standingOf(episodes: readonly EpisodeState[]): readonly Standing[] {
  return episodes.map((known) => ({ episode: asFound(known), told: known.n }));
}

/**
 * The episodes of a rule after a stretch was judged again. What lies in the stretch is as it was found now; what reaches in from before
 * keeps its beginning, what reaches out of it its end, and the rest stays.
 */
export function settle(
  standing: readonly Standing[],
  found: readonly FoundEpisode[],
  { from, until, sure, goneMs }: Stretch,
): readonly Standing[] {
  const isWithin = ({ start, end }: FoundEpisode): boolean => start <= until && (end ?? Infinity) >= from - goneMs;
  const old = standing.filter(({ episode }) => isWithin(episode));
  const met = new Set<Standing>();
  const made = found.filter(isWithin).map((now): Standing => {
    const own = old.filter(({ episode }) => overlap(episode, now));
    // One that is split goes on from its beginning once: what is found after that begins anew.
    const earlier = own.find((one) => one.episode.start < sure && !met.has(one))?.episode;
    for (const one of own) met.add(one);
    // That it had gone shortly before the end of the stretch was seen only after it.
    const later =
      now.end === null ? own.findLast(({ episode }) => endOf(episode) > until - goneMs)?.episode : undefined;
    const isOutside = (t: number): boolean => t < from || t > until;
    return { episode: joined(now, earlier, later, until, isOutside), told: null };
  });
  const left = old.flatMap((one): readonly Standing[] => {
    const { episode } = one;
    if (met.has(one)) return [];
    // It goes on beyond the stretch, or was only seen there: no finding within contradicts that.
    if (endOf(episode) > until) return [one];
    if (episode.start >= sure) return [];
    return [{ episode: { ...episode, end: Math.min(endOf(episode), from) }, told: null }];
  });
  const apart = standing.filter((one) => !old.includes(one));
  return [...apart, ...left, ...made].sort((a, b) => a.episode.start - b.episode.start);
}

function endOf({ end }: FoundEpisode): number {
  return end ?? Infinity;
}

function overlap(a: FoundEpisode, b: FoundEpisode): boolean {
  return a.start <= endOf(b) && b.start <= endOf(a);
}

/** What was found in the stretch with what was known of the same episode before and after it. */
function joined(
  now: FoundEpisode,
  earlier: FoundEpisode | undefined,
  later: FoundEpisode | undefined,
  until: number,
  isOutside: (t: number) => boolean,
): FoundEpisode {
  let worst = now;
  let { peak } = now;
  for (const one of [earlier, later]) {
    if (one === undefined) continue;
    const { finding } = one;
    const shown = finding?.cites.at(-1);
    if (finding === undefined || shown === undefined) peak = Math.max(peak, one.peak);
    else if (isOutside(shown.t) && isWorse(finding, worst.finding)) worst = one;
  }
  const { finding } = worst;
  const begun = earlier ?? now;
  return {
    ...now,
    start: begun.start,
    first: begun.first,
    met: begun.met,
    ...endingOf(now, later, until),
    worst: worst.worst,
    rank: later?.end === null ? later.rank : now.rank,
    peak: Math.max(peak, worst.peak),
    ...(finding === undefined ? undefined : { finding }),
  };
}

function endingOf(
  { end, cleared }: FoundEpisode,
  later: FoundEpisode | undefined,
  until: number,
): Pick<FoundEpisode, 'end' | 'cleared'> {
  if (end !== null || until === Infinity) return { end, cleared };
  return later === undefined ? { end: until, cleared } : { end: later.end, cleared: later.cleared };
}

function isWorse(a: Finding, b: Finding | undefined): boolean {
  return b === undefined || (a.rank === b.rank ? a.weight > b.weight : a.rank > b.rank);
}

function asFound({ start, end, rank, peak, cites, finding }: EpisodeState): FoundEpisode {
  const first = cites[0] ?? NOTHING;
  const worst = finding?.cites.at(-1) ?? first;
  const cleared = end === null ? null : (cites.at(-1) ?? null);
  const times = { start, end, rank, peak, first, met: first, worst, cleared };
  return finding === undefined ? times : { ...times, finding };
}

/** Episodes of stream rules cite at least one measurement. */
const NOTHING: Cited = { identity: '', version: 0, t: 0, x: 0, quality: 0, source: '', code: 0 };

/** As the machine remembers an episode that is open. */
export function asOpen({ start, first, met, worst, rank, peak, finding }: FoundEpisode): OpenEpisode {
  const open = { start, first, met, worst, rank, peak };
  return finding === undefined ? open : { ...open, finding };
}
