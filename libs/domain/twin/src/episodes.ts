import { RESOLVED_FOR } from './acts.js';
import { isClosed, reopened } from './alert-state.js';
import { fallen, furtherThanSeen, risen } from './attention.js';
import type { Draft } from './draft.js';
import { gridTimes } from './grid.js';
import { layersOf, limitsAt, ownerAt } from './limits.js';
import type { FoundEpisode } from './machine.js';
import { personOf } from './person.js';
import { muteOf, silentlyPast, stillMuted, suppress } from './policy.js';
import { RANKS, type MeasureRule, type Rule } from './rule.js';
import type { Cited, EpisodeLimit, EpisodeState, RuleState } from './state.js';
import { tell } from './tell.js';

/** Closed episodes that are remembered per rule; beyond it late data can no longer change the oldest. */
const EPISODES_KEPT = 64;
/** Newest episodes that keep all they cite; older ones keep the value that raised them. */
const CITED_KEPT = 4;
/** Measurements that one episode cites. */
const MOST_CITES = 16;

type Told = Pick<RuleState, 'episodes' | 'count' | 'floor'>;

/** What a record showed to a rule. */
export interface Look {
  /** Where a refold began; null when the values only went on from the newest. */
  readonly since: number | null;
  /** Newest effective time of what the rule reads. */
  readonly newest: number;
  /** The record's values of a limit rule's measure. */
  readonly fresh: readonly Cited[];
  /** Ordinals of the told episodes that were judged again, where that is not all from `since` on. */
  readonly judgedAgain?: ReadonlySet<number> | undefined;
}

/**
 * Compares the episodes that a fold found with those that were told, tells the differences, and gives back what is told now.
 * Endings are told before beginnings.
 */
export function tellEpisodes(
  draft: Draft,
  rule: MeasureRule,
  before: RuleState,
  found: readonly FoundEpisode[],
  look: Look,
): Told {
  const { since, newest, judgedAgain } = look;
  const again = found.some(({ end }) => end === null);
  const touched = before.episodes.filter(
    (old) =>
      judgedAgain?.has(old.n) ??
      (old.end === null ||
        (since !== null && old.end >= since) ||
        (old.overAt !== undefined && again) ||
        // Its end is the moment at which it went, which may lie before the values that showed it.
        (since !== null && found.some(({ start }) => start === old.start))),
  );
  if (found.length === 0 && touched.length === 0) {
    return { episodes: before.episodes, count: before.count, floor: before.floor };
  }
  const pairs = pair(touched, found);
  let { count } = before;
  for (const old of touched) if (![...pairs.values()].includes(old)) retract(draft, rule, old);
  const told: EpisodeState[] = [];
  for (const episode of found) {
    const old = pairs.get(episode);
    if (old === undefined) told.push(begin(draft, rule, before, episode, count++));
    else told.push(goOn(draft, rule, old, episode, look));
  }
  const kept = before.episodes.filter((old) => !touched.includes(old));
  return { count, ...bound([...kept, ...told], before.floor, newest) };
}

/**
 * Which found episode is which told one. What goes on stays the same episode even if its beginning moved, and a latched one is
 * taken up again; then equal beginnings; then any overlap in time.
 */
function pair(told: readonly EpisodeState[], found: readonly FoundEpisode[]): ReadonlyMap<FoundEpisode, EpisodeState> {
  const pairs = new Map<FoundEpisode, EpisodeState>();
  const free = new Set(told);
  const match = (fits: (old: EpisodeState, episode: FoundEpisode) => boolean): void => {
    for (const episode of found) {
      if (pairs.has(episode)) continue;
      const old = [...free].find((candidate) => fits(candidate, episode));
      if (old === undefined) continue;
      pairs.set(episode, old);
      free.delete(old);
    }
  };
  match((old, episode) => old.end === null && episode.end === null);
  match((old, episode) => old.start === episode.start);
  match((old, episode) => old.overAt !== undefined && episode.end === null);
  match((old, episode) => old.start <= (episode.end ?? Infinity) && episode.start <= (old.end ?? Infinity));
  return pairs;
}

function begin(draft: Draft, rule: MeasureRule, before: RuleState, found: FoundEpisode, n: number): EpisodeState {
  const open = found.end === null;
  const episode: EpisodeState = {
    n,
    ...seen(draft, rule, found),
    status: open ? 'open' : 'retrospective',
    sequence: 0,
    last: 'raised',
    raisedAt: draft.record.receivedAt,
  };
  if (!open) {
    const unheard = silentlyPast(draft, rule, episode);
    return unheard === null
      ? tell(draft, rule, episode, 'retrospective')
      : suppress(draft, rule, { ...episode, muted: unheard });
  }
  const muted = muteOf(draft, rule, before.episodes, episode);
  return muted === null ? tell(draft, rule, episode, 'raised') : suppress(draft, rule, { ...episode, muted });
}

function goOn(draft: Draft, rule: MeasureRule, old: EpisodeState, found: FoundEpisode, look: Look): EpisodeState {
  const { finding: _finding, ...rest } = old;
  const next: EpisodeState = { ...rest, ...seen(draft, rule, found) };
  const moved = look.since !== null && differs(old, next);
  if (old.muted !== undefined) return goOnMuted(draft, rule, old.muted, next, look.newest);
  if (isClosed(old.status)) return goOnClosed(draft, rule, old, next, moved);
  if (next.end !== null) return ended(draft, rule, next, moved);
  const { overAt, ...going } = next;
  if (overAt !== undefined) return tell(draft, rule, going, 'amended', 'returned');
  if (next.rank > old.rank) {
    const { pages, episode } = risen(going, look.newest);
    return pages ? tell(draft, rule, episode, 'escalated') : tell(draft, rule, episode, 'amended', 'severity-returned');
  }
  if (next.rank < old.rank) {
    return tell(draft, rule, fallen(going, old.rank, look.newest), 'deescalated');
  }
  const { pages, episode } = furtherThanSeen(draft, rule, going, look.fresh);
  if (pages) return tell(draft, rule, reopened(episode), 'raised', 'worse');
  return moved ? tell(draft, rule, episode, 'amended', 'data-changed') : episode;
}

function goOnMuted(
  draft: Draft,
  rule: MeasureRule,
  was: NonNullable<EpisodeState['muted']>,
  next: EpisodeState,
  newest: number,
): EpisodeState {
  if (next.end !== null) return { ...next, status: 'resolved' };
  const muted = stillMuted(draft, rule, was, next, newest);
  if (muted !== null) return { ...next, muted };
  const { muted: _, ...audible } = next;
  return tell(draft, rule, { ...audible, raisedAt: draft.record.receivedAt }, 'raised', 'persists');
}

function goOnClosed(
  draft: Draft,
  rule: MeasureRule,
  old: EpisodeState,
  next: EpisodeState,
  moved: boolean,
): EpisodeState {
  const { closedByHand } = old;
  if (next.end !== null) return moved ? tell(draft, rule, next, 'amended', 'data-changed') : next;
  const { closedByHand: _, ...again } = next;
  if (closedByHand === undefined) return tell(draft, rule, reopened(again), 'raised', 'reopened');
  // Versions before closed what still held for good: it counts as a snooze now.
  if (next.rank > closedByHand.rank) return tell(draft, rule, reopened(again), 'raised', 'worse');
  if (draft.now < closedByHand.at + RESOLVED_FOR) return next;
  return tell(draft, rule, reopened(again), 'raised', 'snooze-ended');
}

/** The condition has gone. A latching alert that nobody has seen stays open until somebody has. */
function ended(draft: Draft, rule: MeasureRule, next: EpisodeState, moved: boolean): EpisodeState {
  if (rule.policy.latching && next.status === 'open') {
    if (next.overAt === next.end) return moved ? tell(draft, rule, next, 'amended', 'data-changed') : next;
    return tell(draft, rule, { ...next, overAt: next.end! }, 'amended', 'latched');
  }
  const { snoozedUntil: _, ...rest } = next;
  return tell(draft, rule, { ...rest, status: 'resolved' }, 'resolved');
}

function retract(draft: Draft, rule: Rule, old: EpisodeState): void {
  if (old.muted === undefined) tell(draft, rule, { ...old, status: 'retracted' }, 'retracted');
}

type Seen = Pick<EpisodeState, 'start' | 'end' | 'rank' | 'peak' | 'cites' | 'limit' | 'finding'>;

function seen(draft: Draft, rule: MeasureRule, found: FoundEpisode): Seen {
  const { start, end, rank, peak, first, met, worst, cleared, finding } = found;
  const cites: Cited[] = [];
  for (const cited of [first, ...(finding?.cites ?? []).slice(0, MOST_CITES - 4), met, worst, cleared]) {
    if (cited !== null && !cites.some((other) => other[0] === cited[0])) cites.push(cited);
  }
  const limit = limitOf(draft, rule, found);
  return { start, end, rank, peak, cites, limit, ...(finding === undefined ? undefined : { finding }) };
}

/** The limit that gives the severity, and whose it is. */
function limitOf(draft: Draft, rule: MeasureRule, { start, rank, finding }: FoundEpisode): EpisodeLimit | null {
  const layers = layersOf(draft, rule.id);
  let name: string;
  let limit: number;
  if (rule.kind === 'limit') {
    const tier = rule.tiers.find((candidate) => RANKS[candidate.severity] >= rank) ?? rule.tiers.at(-1)!;
    name = tier.raise;
    limit = limitsAt(rule, layers, personOf(draft.facts), start)[name]!;
  } else {
    if (finding === undefined) return null;
    name = finding.limitName;
    limit = finding.limit;
  }
  const owner = ownerAt(layers, name, start);
  if (owner === null) return { limit, layer: 'default', owner: 'default' };
  const { author, reason, expiresAt } = owner.entry;
  return { limit, layer: owner.layer, owner: author, reason, ...(expiresAt === undefined ? undefined : { expiresAt }) };
}

/** Whether an episode is another than the one told: its times, its severity, or what raised it. */
function differs(old: EpisodeState, next: EpisodeState): boolean {
  if (old.start !== next.start || old.end !== next.end) return true;
  if (next.end !== null && old.peak !== next.peak) return true;
  if (!same(raisedBy(old), raisedBy(next))) return true;
  return old.cites.length > 1 && !same(old.cites[0], next.cites[0]);
}

function raisedBy(episode: EpisodeState): Cited | undefined {
  return episode.cites.find((cited) => cited[2] === episode.start);
}

/** The same value at the same time changes nothing that was said, whichever of two devices measured it. */
function same(a: Cited | undefined, b: Cited | undefined): boolean {
  return a?.[2] === b?.[2] && a?.[3] === b?.[3] && a?.[4] === b?.[4];
}

/** Forgets what late data can no longer reach, and keeps the state small. */
function bound(
  episodes: readonly EpisodeState[],
  floor: number | null,
  newest: number,
): Pick<RuleState, 'episodes' | 'floor'> {
  const reach = gridTimes(newest)[0]!;
  const ordered = [...episodes].sort((a, b) => a.start - b.start);
  const last = ordered.length - CITED_KEPT;
  let kept = ordered.filter((episode, i) => i >= last || episode.end === null || episode.end >= reach);
  let lowest = floor;
  if (kept.length > EPISODES_KEPT) {
    const forgotten = kept.slice(0, kept.length - EPISODES_KEPT);
    lowest = (forgotten.at(-1)?.end ?? reach) + 1;
    kept = kept.slice(-EPISODES_KEPT);
  }
  const light = kept.length - CITED_KEPT;
  return { floor: lowest, episodes: kept.map((episode, i) => (i < light ? lighter(episode) : episode)) };
}

function lighter(episode: EpisodeState): EpisodeState {
  // The onset that a detector names lies before the values that showed it.
  const met = raisedBy(episode) ?? episode.cites[0];
  if (episode.end === null || met === undefined) return episode;
  if (episode.cites.length <= 1 && episode.finding === undefined) return episode;
  const { finding: _, ...light } = episode;
  return { ...light, cites: [met] };
}
