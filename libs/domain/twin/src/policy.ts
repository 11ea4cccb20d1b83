import { uuidOf } from '#libs/domain/quantities';
import { isClosed } from './alert-state.js';
import type { Draft } from './draft.js';
import { offReasonOf } from './monitoring.js';
import { isOffReason } from './off-reason.js';
import { severityOf, type MeasureRule, type Rule } from './rule.js';
import { RULES } from './rules.js';
import type { EpisodeState } from './state.js';
import { episodeId, retell } from './tell.js';

const MINUTE = 60_000;
/** After the alert that led has ended, a milder one of the same cause may last this long before it is told on its own. */
const AFTER_LEADER = 15 * MINUTE;
const FOLDED_KEPT = 8;

type Muted = NonNullable<EpisodeState['muted']>;

/**
 * Whether an alert that begins is to be kept quiet: its rule runs in shadow, another one of the same cause and at least its severity is open, or was closed by
 * a person and is not over, or it comes back too soon after its own end and no worse. Severities as the condition gives them, without escalation.
 */
export function muteOf(
  draft: Draft,
  rule: MeasureRule,
  own: readonly EpisodeState[],
  episode: EpisodeState,
): Muted | null {
  const silent = silentlyPast(draft, rule, episode);
  if (silent !== null) return silent;
  const leader = leaderOf(draft, rule, episode.rank);
  if (leader !== null) return { reason: 'same-cause', by: leader, until: null, rank: episode.rank };
  // A high priority alarm is never kept quiet for coming back soon.
  if (episode.rank === 3) return null;
  const last = own.findLast((one) => one.end !== null && one.status === 'resolved');
  if (last === undefined || last.end === null || episode.rank > last.peak) return null;
  const until = last.end + rule.policy.refractorySeconds * 1000;
  if (episode.start >= until) return null;
  return { reason: 'refractory', by: episodeId(draft.base, rule.id, last.n), until, rank: episode.rank };
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

/** Whether it stays quiet after another value at `newest`; the mute to go on with, or null when it is to be told. */
export function stillMuted(
  draft: Draft,
  rule: Rule,
  muted: Muted,
  episode: EpisodeState,
  newest: number,
): Muted | null {
  if (muted.reason === 'shadow') return muted;
  const off = offMute(draft, rule, episode);
  if (off !== null) return off;
  if (isOffReason(muted.reason)) return foldedInto(draft, rule, episode.rank);
  if (muted.until === null) {
    const leader = leaders(draft).find(({ id }) => id === muted.by);
    if (leader !== undefined) return episode.rank > leader.rank ? null : muted;
    return { ...muted, until: newest + AFTER_LEADER };
  }
  if (newest < muted.until && episode.rank <= muted.rank) return muted;
  // Another alert of the same cause may have been told meanwhile.
  return foldedInto(draft, rule, episode.rank);
}

function foldedInto(draft: Draft, rule: Rule, rank: number): Muted | null {
  const by = leaderOf(draft, rule, rank);
  return by === null ? null : { reason: 'same-cause', by, until: null, rank };
}

/** Keeps the record of what was kept quiet, and lists it with the alert that leads. */
export function suppress(draft: Draft, rule: Rule, episode: EpisodeState): EpisodeState {
  const { reason, by } = episode.muted!;
  const id = episodeId(draft.base, rule.id, episode.n);
  draft.changed = true;
  draft.suppressions.push({
    // One that was told before may be suppressed more than once.
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
  // That it was foreseen too says nothing new to those who know that it is so.
  if (by !== null && reason === 'same-cause' && rule.policy.foresees !== true)
    fold(draft, by, { rule: rule.id, reason });
  return episode;
}

function fold(draft: Draft, by: string, entry: { readonly rule: string; readonly reason: string }): void {
  const leader = leaders(draft).find(({ id }) => id === by);
  if (leader === undefined || isClosed(leader.episode.status)) return;
  const { rule, episode } = leader;
  const folded = [...(episode.folded ?? []).filter((one) => one.rule !== entry.rule), entry].slice(-FOLDED_KEPT);
  const next = retell(draft, rule, { ...episode, folded }, 'joined');
  const state = draft.rules[rule.id]!;
  draft.rules[rule.id] = { ...state, episodes: state.episodes.map((one) => (one === episode ? next : one)) };
}

function leaderOf(draft: Draft, rule: Rule, rank: number): string | null {
  const { group, foresees } = rule.policy;
  if (group === null) return null;
  const leads = leaders(draft).find(
    (one) =>
      one.rule.policy.group === group &&
      one.rule !== rule &&
      one.rank >= rank &&
      // Whoever waits for the low itself has to hear of it.
      (one.rule.policy.foresees !== true || foresees === true),
  );
  return leads?.id ?? null;
}

interface Leader {
  readonly id: string;
  readonly rule: Rule;
  readonly episode: EpisodeState;
  readonly rank: number;
}

/** Alerts that are open and audible, as the record has them so far, and those a person closed while the condition goes on. */
function leaders(draft: Draft): readonly Leader[] {
  return RULES.flatMap((rule) => {
    const episode = draft.rules[rule.id]?.episodes.at(-1);
    if (episode === undefined || episode.muted !== undefined) return [];
    const { closedByHand, end, n } = episode;
    if (isClosed(episode.status) && (closedByHand === undefined || end !== null)) return [];
    return [{ id: episodeId(draft.base, rule.id, n), rule, episode, rank: closedByHand?.rank ?? episode.rank }];
  });
}
