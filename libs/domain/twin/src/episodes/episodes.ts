import { heldBack, isOverdue, waitForMore } from '../late/catch-up.js';
import type { Draft } from '../state/draft.js';
import { seen } from './episode-content.js';
import { bound } from './episode-memory.js';
import type { FoundEpisode } from '../machines/limit-machine.js';
import { silentlyPast, suppress, verdictOn, verdictOnMuted, type Verdict } from '../policy/policy.js';
import { furthestOf } from '../policy/further.js';
import { countOne, endOver, endStanding, recurrenceOf, type Recurrence } from '../policy/recurrence.js';
import type { MeasureRule, Rule } from '../rules/rule.js';
import type { EpisodeState, Recurring } from '../state/episode-state.js';
import type { RuleState } from '../state/machine-state.js';
import { isEscalated } from '../policy/escalation.js';
import { emit } from '../alerts/emit.js';
import { continueEmitted } from './emitted-episode.js';
import type { Look } from './look.js';

type Emitted = Pick<RuleState, 'episodes' | 'count' | 'floor'>;

/**
 * Compares the episodes that a fold found with those emitted before, emits the differences, and returns the new state.
 * Endings are emitted before beginnings.
 */
export function emitEpisodes(
  draft: Draft,
  rule: MeasureRule,
  before: RuleState,
  found: readonly FoundEpisode[],
  look: Look,
): Emitted {
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
    const episodes = endOver(draft, rule, before.episodes, newest);
    return { episodes, count: before.count, floor: before.floor };
  }
  const pairs = pair(touched, found);
  const paired = new Set(pairs.values());
  let { count } = before;
  for (const old of touched) if (!paired.has(old)) retract(draft, rule, old);
  const own = before.episodes.filter((old) => !touched.includes(old));
  for (const episode of found) {
    const old = pairs.get(episode);
    if (old === undefined) begin(draft, rule, own, episode, count++, look);
    else goOn(draft, rule, own, old, episode, look);
  }
  if (look.held) waitForMore(draft, own);
  return { count, ...bound(endOver(draft, rule, own, newest), before.floor, newest) };
}

/**
 * Matches found episodes with emitted ones. What goes on stays the same episode even if its beginning moved, and a latched one is
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

function begin(draft: Draft, rule: MeasureRule, own: EpisodeState[], found: FoundEpisode, n: number, look: Look): void {
  const open = found.end === null;
  const episode: EpisodeState = {
    n,
    ...seen(draft, rule, found),
    status: open ? 'open' : 'retrospective',
    sequence: 0,
    last: 'raised',
    raisedAt: draft.record.receivedAt,
  };
  own.splice(0, own.length, ...endOver(draft, rule, own, episode.start));
  if (!open) past(draft, rule, own, episode);
  else if (look.held && silentlyPast(draft, rule, episode) === null) own.push({ ...episode, muted: heldBack(episode) });
  else settle(draft, rule, own, episode, verdictOn(draft, rule, own, episode, look.fresh), look.newest);
}

/** Began and ended before an alert could be emitted: retrospective, and counted as a recurrence. */
function past(draft: Draft, rule: MeasureRule, own: EpisodeState[], episode: EpisodeState): void {
  const unheard = silentlyPast(draft, rule, episode);
  if (unheard !== null) {
    own.push(suppress(draft, rule, { ...episode, muted: unheard }));
    return;
  }
  const standing = recurrenceOf(rule, own, episode.start)?.standing;
  if (standing !== undefined) replace(own, standing, countOne(draft, rule, standing));
  own.push(emit(draft, rule, episode, 'retrospective'));
}

/** Applies the verdict on an alert that has not been emitted so far. */
function settle(
  draft: Draft,
  rule: MeasureRule,
  own: EpisodeState[],
  episode: EpisodeState,
  verdict: Verdict,
  newest: number,
): void {
  const { muted: was, ...audible } = episode;
  const standing = verdict.recurrence?.standing;
  if (verdict.kind === 'mute') {
    const { muted } = verdict;
    if (standing !== undefined) replace(own, standing, countOne(draft, rule, standing));
    const quiet = { ...episode, muted };
    own.push(was === undefined || was.reason === 'catching-up' ? suppress(draft, rule, quiet) : quiet);
    return;
  }
  const { reason, recurrence } = verdict;
  if (recurrence === undefined) {
    own.push(emit(draft, rule, audible, 'raised', reason));
    return;
  }
  // Counted when it was suppressed.
  const count = standing !== undefined && was?.reason === 'refractory' ? recurrence.count - 1 : recurrence.count;
  if (standing !== undefined) replace(own, standing, endStanding(draft, rule, standing, recurrence.until));
  const recurring = recurringOf(rule, { ...recurrence, count }, audible, reason === 'persists' ? newest : null);
  own.push(emit(draft, rule, { ...audible, recurring }, 'raised', reason));
}

/** `persistsAt`: it pages because it lasts; null: for another reason. */
function recurringOf(
  rule: MeasureRule,
  { count, since, within, standing, paged }: Recurrence,
  episode: EpisodeState,
  persistsAt: number | null,
): Recurring {
  const far = furthestOf(rule, [paged, episode]);
  const lasted = persistsAt === null ? standing?.recurring?.lasted : persistsAt - episode.start;
  return {
    count,
    since,
    ...(within === undefined ? undefined : { within }),
    ...(far === undefined ? undefined : { far }),
    ...(lasted === undefined ? undefined : { lasted }),
    ...(standing !== undefined && isEscalated(standing) ? { escalated: true } : undefined),
  };
}

function replace(own: EpisodeState[], old: EpisodeState, next: EpisodeState): void {
  own[own.indexOf(old)] = next;
}

function goOn(
  draft: Draft,
  rule: MeasureRule,
  own: EpisodeState[],
  old: EpisodeState,
  found: FoundEpisode,
  look: Look,
): void {
  const { finding: _finding, ...rest } = old;
  const next: EpisodeState = { ...rest, ...seen(draft, rule, found) };
  if (old.muted !== undefined) goOnMuted(draft, rule, own, old.muted, next, look);
  else own.push(continueEmitted(draft, rule, old, next, look));
}

function goOnMuted(
  draft: Draft,
  rule: MeasureRule,
  own: EpisodeState[],
  was: NonNullable<EpisodeState['muted']>,
  next: EpisodeState,
  look: Look,
): void {
  const isHeld = was.reason === 'catching-up';
  if (next.end !== null) {
    if (isHeld) past(draft, rule, own, { ...withoutMute(next), status: 'retrospective' });
    else own.push({ ...next, status: 'resolved' });
  } else if (look.held && !(isHeld && isOverdue(draft, next.raisedAt))) {
    own.push(next);
  } else {
    const verdict = isHeld
      ? verdictOn(draft, rule, own, next, look.fresh)
      : verdictOnMuted(draft, rule, own, was, next, look.newest, look.fresh);
    const raisedAt = isHeld ? next.raisedAt : draft.record.receivedAt;
    settle(draft, rule, own, { ...next, raisedAt }, verdict, look.newest);
  }
}

function withoutMute(episode: EpisodeState): EpisodeState {
  const { muted: _, ...rest } = episode;
  return rest;
}

function retract(draft: Draft, rule: Rule, old: EpisodeState): void {
  if (old.muted === undefined) emit(draft, rule, { ...old, status: 'retracted' }, 'retracted');
}
