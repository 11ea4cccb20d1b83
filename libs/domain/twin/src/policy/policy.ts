import type { AlertReason } from '#libs/contracts';
import { uuidOf } from '#libs/domain/quantities';
import { isClosed } from '../alerts/alert-state.js';
import type { Draft } from '../state/draft.js';
import { offReasonOf } from '../monitoring/monitoring.js';
import { isOffReason } from '../monitoring/off-reason.js';
import { AFTER_LEADER, HIGH_AFTER_LEADER, leaders, ledBy } from './leaders.js';
import { isClearing } from './clearing.js';
import { furthestOf, isFurther } from './further.js';
import { isHighApart, pagedRank, persistsAfter, recurrenceOf, type Recurrence } from './recurrence.js';
import { RANKS, severityOf, type MeasureRule, type Rule } from '../rules/rule.js';
import type { EpisodeState, Run } from '../state/episode-state.js';
import type { Cited } from '../state/cited.js';
import { episodeId, amendPending } from '../alerts/emit.js';

const FOLDED_KEPT = 8;

type Muted = NonNullable<EpisodeState['muted']>;

/** Decision on an alert that begins, or on one suppressed so far. */
export type Verdict =
  | { readonly kind: 'mute'; readonly muted: Muted; readonly recurrence?: Recurrence }
  | { readonly kind: 'page'; readonly reason?: AlertReason; readonly recurrence?: Recurrence };

/**
 * Whether an alert that begins pages. It is suppressed when its rule runs in shadow or is off; when another one of the same cause and at least its
 * severity is open; or when it comes back too soon after one that paged, and no worse. Those that keep coming back page once, as
 * recurring, and are counted from then on. Severities as the condition gives them, without escalation.
 */
export function verdictOn(
  draft: Draft,
  rule: MeasureRule,
  own: readonly EpisodeState[],
  episode: EpisodeState,
  fresh: readonly Cited[] = [],
): Verdict {
  const { rank, start } = episode;
  const silent = silentlyPast(draft, rule, episode);
  if (silent !== null) return { kind: 'mute', muted: silent };
  const led = ledBy(draft, rule, episode, start);
  if (led !== null) return { kind: 'mute', muted: led };
  const recurrence = recurrenceOf(rule, own, start);
  if (recurrence === null) return { kind: 'page' };
  const { standing, paged } = recurrence;
  if (paged === undefined) return { kind: 'page', reason: 'recurring', recurrence };
  const most = pagedRank(paged);
  if (rank > most) return { kind: 'page', reason: 'worse', recurrence };
  const by = episodeId(draft.base, rule.id, paged.n);
  const until =
    standing === undefined ? paged.end! + rule.policy.refractorySeconds * 1000 : start + persistsAfter(standing);
  const isNews = standing === undefined && (rank === RANKS.high || start >= until);
  if (isNews || isHighApart(episode, recurrence)) return { kind: 'page', reason: 'recurring', recurrence };
  const { met, run } = beyondTold(draft, rule, episode, { told: paged, run: undefined }, fresh);
  if (met) return { kind: 'page', reason: 'worse', recurrence };
  const muted = withRun({ reason: 'refractory', by, until, rank: most }, run);
  return { kind: 'mute', muted, ...(standing === undefined ? undefined : { recurrence }) };
}

/** Whether a suppressed episode is clearly further beyond its limit than what its page said. */
function beyondTold(
  draft: Draft,
  rule: MeasureRule,
  episode: EpisodeState,
  { told, run }: { readonly told: EpisodeState | undefined; readonly run: Run | undefined },
  fresh: readonly Cited[],
): ReturnType<typeof isFurther> {
  const far = told === undefined ? undefined : furthestOf(rule, [told]);
  if (far === undefined) return { met: false, run };
  const asOf = (episode.cites[0]?.t ?? episode.start) - 1;
  return isFurther(draft, rule, episode, { far, asOf, run, doubtful: 'confirmed' }, fresh);
}

function withRun(before: Muted, run: Run | undefined): Muted {
  const { run: _, ...muted } = before;
  return run === undefined ? muted : { ...muted, run };
}

/** Why what began and ended before it was known is not emitted, or null: its rule runs in shadow, or is off. */
export function silentlyPast(draft: Draft, rule: MeasureRule, episode: EpisodeState): Muted | null {
  return rule.shadowOf === undefined ? offMute(draft, rule, episode) : shadowed(episode);
}

function shadowed(episode: EpisodeState): Muted {
  return { reason: 'shadow', by: null, until: null, rank: episode.rank };
}

function offMute(draft: Draft, rule: Rule, { rank }: EpisodeState): Muted | null {
  const reason = offReasonOf(draft, rule.id, draft.now);
  return reason === null ? null : { reason, by: null, until: null, rank };
}

/** Whether a suppressed alert stays suppressed after another value at `newest`. */
export function verdictOnMuted(
  draft: Draft,
  rule: MeasureRule,
  own: readonly EpisodeState[],
  was: Muted,
  episode: EpisodeState,
  newest: number,
  fresh: readonly Cited[] = [],
): Verdict {
  const { rank } = episode;
  const told = own.find(({ n }) => episodeId(draft.base, rule.id, n) === was.by);
  const { met: isBeyond, run } = beyondTold(draft, rule, episode, { told, run: was.run }, fresh);
  const muted = run === was.run ? was : withRun(was, run);
  const stays: Verdict = { kind: 'mute', muted };
  if (muted.reason === 'shadow') return stays;
  const off = offMute(draft, rule, episode);
  if (off !== null) return { kind: 'mute', muted: off };
  if (muted.until === null && !isOffReason(muted.reason)) {
    const leader = leaders(draft, newest).find(({ id }) => id === muted.by);
    if (leader === undefined) {
      const until = newest + (rank === RANKS.high ? HIGH_AFTER_LEADER : AFTER_LEADER);
      return { kind: 'mute', muted: { ...muted, until } };
    }
    return rank > leader.rank ? unlessTold(draft, rule, own, episode, { newest, fresh, reason: 'worse' }) : stays;
  }
  const isWorse = isBeyond || rank > muted.rank;
  if (newest < (muted.until ?? 0) && !isWorse && !isHighNews(rule, own, muted, episode)) return stays;
  if (!isWorse && !isOffReason(muted.reason) && isClearing(draft, rule)) return stays;
  // Another alert of the same cause may have been emitted meanwhile.
  const reason = pageReason(muted, isWorse, newest);
  if (muted.reason === 'same-cause') return unlessTold(draft, rule, own, episode, { newest, fresh, reason });
  const led = ledBy(draft, rule, episode, newest);
  return led === null ? pageOf(rule, own, episode, reason) : { kind: 'mute', muted: led };
}

function pageOf(
  rule: MeasureRule,
  own: readonly EpisodeState[],
  { start }: EpisodeState,
  reason: AlertReason,
): Extract<Verdict, { kind: 'page' }> {
  const recurrence = recurrenceOf(rule, own, start);
  return { kind: 'page', reason, ...(recurrence === null ? undefined : { recurrence }) };
}

/**
 * An alert that its leader suppresses no more: a page, unless another one leads it, or an alert of its own rule that is open stands for
 * what keeps coming back, at no lower severity and no less far.
 */
function unlessTold(
  draft: Draft,
  rule: MeasureRule,
  own: readonly EpisodeState[],
  episode: EpisodeState,
  {
    newest,
    fresh,
    reason,
  }: { readonly newest: number; readonly fresh: readonly Cited[]; readonly reason: AlertReason },
): Verdict {
  const led = ledBy(draft, rule, episode, newest);
  if (led !== null) return { kind: 'mute', muted: led };
  const page = pageOf(rule, own, episode, reason);
  const { recurrence } = page;
  const standing = recurrence?.standing;
  if (standing === undefined || episode.rank > pagedRank(standing) || isHighApart(episode, recurrence!)) return page;
  const until = episode.start + persistsAfter(standing);
  const { met, run } = beyondTold(draft, rule, episode, { told: standing, run: undefined }, fresh);
  if (met || newest >= until) return page;
  const by = episodeId(draft.base, rule.id, standing.n);
  const muted = withRun({ reason: 'refractory', by, until, rank: pagedRank(standing) }, run);
  return { kind: 'mute', muted, recurrence: recurrence! };
}

function pageReason({ reason, until }: Muted, isWorse: boolean, newest: number): AlertReason {
  if (isOffReason(reason)) return 'monitoring-on';
  if (isWorse) return 'worse';
  return newest < (until ?? 0) ? 'recurring' : 'persists';
}

/**
 * High priority pages at once, also when it was milder when it began: where it comes back for the first time, or so long after the last that the
 * alert that stands for those before says nothing of it.
 */
function isHighNews(
  rule: MeasureRule,
  own: readonly EpisodeState[],
  { reason }: Muted,
  episode: EpisodeState,
): boolean {
  if (reason !== 'refractory' || episode.rank !== RANKS.high) return false;
  const recurrence = recurrenceOf(rule, own, episode.start);
  return recurrence?.standing === undefined || isHighApart(episode, recurrence);
}

/** Records the suppression, and lists it with the leading alert. */
export function suppress(draft: Draft, rule: Rule, episode: EpisodeState): EpisodeState {
  const { reason, by } = episode.muted!;
  const id = episodeId(draft.base, rule.id, episode.n);
  draft.changed = true;
  draft.suppressions.push({
    // One that was emitted before may be suppressed more than once.
    id: uuidOf(episode.sequence === 0 ? `suppression|${id}` : `suppression|${id}|${episode.sequence}`),
    episode: id,
    rule: rule.id,
    ruleVersion: rule.version,
    severity: severityOf(episode.rank),
    reason,
    by,
    effectiveAt: episode.start,
    at: draft.record.receivedAt,
  });
  // A forecast adds nothing to an alert that is already open.
  if (by !== null && reason === 'same-cause' && rule.policy.foresees !== true)
    fold(draft, by, { rule: rule.id, reason });
  return episode;
}

function fold(draft: Draft, by: string, entry: { readonly rule: string; readonly reason: string }): void {
  const leader = leaders(draft, Number.NEGATIVE_INFINITY).find(({ id }) => id === by);
  if (leader === undefined || isClosed(leader.episode.status)) return;
  const { rule, episode } = leader;
  const folded = [...(episode.folded ?? []).filter((one) => one.rule !== entry.rule), entry].slice(-FOLDED_KEPT);
  const next = amendPending(draft, rule, { ...episode, folded }, 'joined');
  const state = draft.rules[rule.id]!;
  draft.rules[rule.id] = { ...state, episodes: state.episodes.map((one) => (one === episode ? next : one)) };
}
