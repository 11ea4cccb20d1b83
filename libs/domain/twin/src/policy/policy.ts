import type { AlertReason } from '#libs/contracts';
import { uuidOf } from '#libs/domain/quantities';
import { isClosed, isOpen } from '../alerts/alert-state.js';
import type { Draft } from '../state/draft.js';
import { offReasonOf } from '../monitoring/monitoring.js';
import { isOffReason } from '../monitoring/off-reason.js';
import { isStanding, pagedRank, recurrenceOf, type Recurrence } from './recurrence.js';
import { severityOf, type MeasureRule, type Rule } from '../rules/rule.js';
import type { EpisodeState } from '../state/episode-state.js';
import { episodeId, amendPending } from '../alerts/emit.js';

const MINUTE = 60_000;
/** Time after the end of the leading alert before a persisting milder one of the same cause is emitted; shorter for a high one. */
const AFTER_LEADER = 15 * MINUTE;
const HIGH_AFTER_LEADER = MINUTE;
/** A predicted condition of no higher severity that begins within this time of its forecast adds nothing yet. */
const SAME_NEWS = 5 * MINUTE;
const FOLDED_KEPT = 8;
const HIGH = 3;

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
  if (standing !== undefined) {
    return { kind: 'mute', muted: { reason: 'refractory', by, until: start + AFTER_LEADER, rank: most }, recurrence };
  }
  const until = paged.end! + rule.policy.refractorySeconds * 1000;
  if (rank === HIGH || start >= until) return { kind: 'page', reason: 'recurring', recurrence };
  return { kind: 'mute', muted: { reason: 'refractory', by, until, rank: most } };
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
  muted: Muted,
  episode: EpisodeState,
  newest: number,
): Verdict {
  const { rank } = episode;
  const stays: Verdict = { kind: 'mute', muted };
  if (muted.reason === 'shadow') return stays;
  const off = offMute(draft, rule, episode);
  if (off !== null) return { kind: 'mute', muted: off };
  if (muted.until === null && !isOffReason(muted.reason)) {
    const leader = leaders(draft, newest).find(({ id }) => id === muted.by);
    if (leader === undefined) {
      const until = newest + (rank === HIGH ? HIGH_AFTER_LEADER : AFTER_LEADER);
      return { kind: 'mute', muted: { ...muted, until } };
    }
    return rank > leader.rank ? { kind: 'page', reason: 'worse' } : stays;
  }
  if (newest < (muted.until ?? 0) && rank <= muted.rank && !isFirstHigh(own, muted, episode)) return stays;
  if (rank <= muted.rank && !isOffReason(muted.reason) && isClearing(draft, rule)) return stays;
  // Another alert of the same cause may have been emitted meanwhile.
  const led = ledBy(draft, rule, episode, newest);
  if (led !== null) return { kind: 'mute', muted: led };
  const recurrence = recurrenceOf(rule, own, episode.start);
  return {
    kind: 'page',
    reason: pageReason(muted, rank, newest),
    ...(recurrence === null ? undefined : { recurrence }),
  };
}

function pageReason({ reason, rank: before, until }: Muted, rank: number, newest: number): AlertReason {
  if (isOffReason(reason)) return 'monitoring-on';
  if (rank > before) return 'worse';
  return newest < (until ?? 0) ? 'recurring' : 'persists';
}

/**
 * Whether the values are back within the limits, and only the time that the rule waits before it calls the condition over has not passed:
 * a short event does not persist because that time is long.
 */
function isClearing({ rules }: Pick<Draft, 'rules'>, rule: MeasureRule): boolean {
  if (rule.kind !== 'limit') return false;
  const on = (rules[rule.id]?.now?.tiers ?? []).filter((tier) => tier.on !== 0);
  return on.length > 0 && on.every(({ clear }) => clear !== null);
}

/** High priority that comes back for the first time pages at once, also when it was milder at first. */
function isFirstHigh(own: readonly EpisodeState[], { reason }: Muted, { rank }: EpisodeState): boolean {
  return reason === 'refractory' && rank === HIGH && !own.some(isStanding);
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
    const isSameNews = rank < HIGH && since > 0 && since < SAME_NEWS;
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
function leaders(draft: Draft, at: number): readonly Leader[] {
  return draft.catalogue.rules.flatMap((rule) =>
    (draft.rules[rule.id]?.episodes ?? []).flatMap((episode) => {
      if (episode.muted !== undefined || !(holds(episode) || isStanding(episode) || isJustOver(episode, at))) return [];
      const { closedByHand, n } = episode;
      return [{ id: episodeId(draft.base, rule.id, n), rule, episode, rank: closedByHand?.rank ?? episode.rank }];
    }),
  );
}

function isJustOver({ overAt }: EpisodeState, at: number): boolean {
  return overAt !== undefined && at - overAt < HIGH_AFTER_LEADER;
}

/** `closedByHand`: closed by a version before this one although it goes on. */
function holds(episode: EpisodeState): boolean {
  return episode.end === null && (isOpen(episode) || episode.closedByHand !== undefined);
}
