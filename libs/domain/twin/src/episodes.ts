import type { Transition } from '#libs/contracts';
import { uuidOf } from '#libs/domain/quantities';
import { alertOf, isClosed } from './alert.js';
import type { Draft } from './draft.js';
import { gridTimes } from './grid.js';
import { entryAt, limitsAt } from './limits.js';
import type { FoundEpisode } from './machine.js';
import { RANKS, type LimitRule, type Rule } from './rule.js';
import type { Cause } from './sentences.js';
import type { Cited, EpisodeLimit, EpisodeState, PatientLimits, RuleState, TwinState } from './state.js';

/** Closed episodes that are remembered per rule; beyond it late data can no longer change the oldest. */
const EPISODES_KEPT = 64;
/** Newest episodes that keep all they cite; older ones keep the value that raised them. */
const CITED_KEPT = 4;

type Told = Pick<RuleState, 'episodes' | 'count' | 'floor'>;

/**
 * Compares the episodes that a fold found with those that were told, tells the differences, and gives back what is told now.
 * `since` is where a refold began; null when the samples only went on from the newest. Endings are told before beginnings.
 */
export function tellEpisodes(
  draft: Draft,
  rule: LimitRule,
  before: RuleState,
  found: readonly FoundEpisode[],
  since: number | null,
  newest: number,
): Told {
  const touched = before.episodes.filter((old) => old.end === null || (since !== null && old.end >= since));
  if (found.length === 0 && touched.length === 0) {
    return { episodes: before.episodes, count: before.count, floor: before.floor };
  }
  const pairs = pair(touched, found);
  const timeline = draft.thresholds[rule.id];
  let { count } = before;
  for (const old of touched) if (![...pairs.values()].includes(old)) retract(draft, rule, old);
  const told: EpisodeState[] = [];
  for (const episode of found) {
    const old = pairs.get(episode);
    if (old === undefined) told.push(begin(draft, rule, timeline, episode, count++));
    else told.push(goOn(draft, rule, timeline, old, episode, since !== null));
  }
  const kept = before.episodes.filter((old) => !touched.includes(old));
  return { count, ...bound([...kept, ...told], before.floor, newest) };
}

/**
 * Which found episode is which told one. What goes on stays the same episode even if its beginning moved; then equal beginnings;
 * then any overlap in time.
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
  match((old, episode) => old.start <= (episode.end ?? Infinity) && episode.start <= (old.end ?? Infinity));
  return pairs;
}

function begin(
  draft: Draft,
  rule: LimitRule,
  timeline: readonly PatientLimits[] | undefined,
  found: FoundEpisode,
  n: number,
): EpisodeState {
  const open = found.end === null;
  const episode: EpisodeState = {
    n,
    ...seen(rule, timeline, found),
    status: open ? 'open' : 'retrospective',
    sequence: 0,
    last: 'raised',
    raisedAt: draft.record.receivedAt,
  };
  return tell(draft, rule, episode, open ? 'raised' : 'retrospective');
}

function goOn(
  draft: Draft,
  rule: LimitRule,
  timeline: readonly PatientLimits[] | undefined,
  old: EpisodeState,
  found: FoundEpisode,
  refolded: boolean,
): EpisodeState {
  const next = { ...old, ...seen(rule, timeline, found) };
  const moved = refolded && differs(old, next);
  if (isClosed(old.status)) {
    // Late data show that it is not over after all, or it got worse than it was when a person closed it.
    const worse = old.closedByHand !== undefined && next.rank > old.closedByHand.rank;
    if (next.end === null && (old.closedByHand === undefined || worse)) {
      const { closedByHand: _, ...reopened } = next;
      return tell(draft, rule, { ...reopened, status: 'open' }, 'raised', worse ? 'worse' : 'not-over');
    }
    return moved ? tell(draft, rule, next, 'amended', 'data-changed') : next;
  }
  if (next.end !== null) {
    const { snoozedUntil: _, ...awake } = next;
    return tell(draft, rule, { ...awake, status: 'resolved' }, 'resolved');
  }
  if (next.rank > old.rank) {
    // Whoever acknowledged or snoozed it did so at the lower severity.
    const { snoozedUntil: _, ...awake } = next;
    return tell(draft, rule, { ...awake, status: 'open' }, 'escalated');
  }
  if (next.rank < old.rank) return tell(draft, rule, next, 'deescalated');
  return moved ? tell(draft, rule, next, 'amended', 'data-changed') : next;
}

function retract(draft: Draft, rule: Rule, old: EpisodeState): void {
  tell(draft, rule, { ...old, status: 'retracted' }, 'retracted');
}

type Seen = Pick<EpisodeState, 'start' | 'end' | 'rank' | 'peak' | 'cites' | 'limit'>;

function seen(rule: LimitRule, timeline: readonly PatientLimits[] | undefined, found: FoundEpisode): Seen {
  const { start, end, rank, peak, first, met, worst, cleared } = found;
  const cites = [first];
  for (const cited of [met, worst, cleared]) {
    if (cited !== null && !cites.some((other) => other[0] === cited[0])) cites.push(cited);
  }
  return { start, end, rank, peak, cites, limit: limitOf(rule, timeline, start, rank) };
}

/** The limit of the tier that gives the severity, and whose it is. */
function limitOf(
  rule: LimitRule,
  timeline: readonly PatientLimits[] | undefined,
  start: number,
  rank: number,
): EpisodeLimit {
  const tier = rule.tiers.find((candidate) => RANKS[candidate.severity] >= rank) ?? rule.tiers.at(-1)!;
  const limit = limitsAt(rule, timeline, start)[tier.raise]!;
  const entry = entryAt(timeline, start);
  if (entry?.limits?.[tier.raise] === undefined) return { limit, owner: 'default' };
  const expires = entry.expiresAt === undefined ? undefined : { expiresAt: entry.expiresAt };
  return { limit, owner: entry.author, reason: entry.reason, ...expires };
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

/** The episode's public id: the same at every replay. */
export function episodeId(twin: Pick<TwinState, 'tenant' | 'patient'>, rule: string, n: number): string {
  return uuidOf(`episode|${twin.tenant}|${rule}|${n}|${twin.patient}`);
}

/** Adds a transition with the alert as it now stands, and gives back the episode that remembers it. */
export function tell(
  draft: Draft,
  rule: Rule,
  episode: EpisodeState,
  transition: Transition,
  cause?: Cause,
): EpisodeState {
  const sequence = episode.sequence + 1;
  const told: EpisodeState = { ...episode, sequence, last: transition };
  const id = episodeId(draft.base, rule.id, told.n);
  const limits = limitsAt(rule, draft.thresholds[rule.id], told.start);
  draft.changed = true;
  draft.transitions.push({
    id: uuidOf(`transition|${sequence}|${id}`),
    episode: id,
    sequence,
    rule: rule.id,
    closed: isClosed(told.status),
    effectiveAt: told.start,
    raisedAt: told.raisedAt,
    at: draft.record.receivedAt,
    ...(told.snoozedUntil === undefined ? undefined : { snoozedUntil: told.snoozedUntil }),
    alert: alertOf(id, draft.base.patient, rule, limits, told, transition, cause),
  });
  return told;
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
  const met = raisedBy(episode);
  if (episode.end === null || episode.cites.length <= 1 || met === undefined) return episode;
  return { ...episode, cites: [met] };
}
