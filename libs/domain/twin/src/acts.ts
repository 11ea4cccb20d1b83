import type { ActRecord } from '#libs/contracts';
import { isClosed } from './alert.js';
import { drop, setTimer, type Draft } from './draft.js';
import { episodeId, tell } from './episodes.js';
import { gridTimes } from './grid.js';
import { isInstant } from './identify.js';
import { checkThresholds } from './limits.js';
import type { Rule } from './rule.js';
import { ruleById, RULES } from './rules.js';
import type { EpisodeState, PatientLimits, RuleState } from './state.js';

/** Newest act ids that are remembered. A repeat comes from the transport, so it comes soon. */
const ACTS_KEPT = 24;
const TIMELINE_KEPT = 16;
const TIMER = 'snooze';

/** Applies what a person did. A repeat, an unknown episode and an act that no longer fits change nothing and are counted. */
export function applyAct(draft: Draft, record: ActRecord): void {
  if (draft.acts.includes(record.act)) {
    drop(draft, 'act-repeated');
    return;
  }
  draft.acts = [...draft.acts, record.act].slice(-ACTS_KEPT);
  draft.changed = true;
  const { does } = record;
  if (does.type === 'set-thresholds') setThresholds(draft, record, does.thresholds);
  else if (!onEpisode(draft, record, does)) drop(draft, 'act-on-unknown-episode');
}

type EpisodeAct = Exclude<ActRecord['does'], { type: 'set-thresholds' }>;

function onEpisode(draft: Draft, record: ActRecord, does: EpisodeAct): boolean {
  for (const rule of RULES) {
    const state = draft.rules[rule.id];
    const index =
      state?.episodes.findIndex((episode) => episodeId(draft.base, rule.id, episode.n) === does.episode) ?? -1;
    if (state === undefined || index === -1) continue;
    const next = act(draft, rule, record, does, state.episodes[index]!);
    if (next === undefined) drop(draft, 'act-on-closed-episode');
    else draft.rules[rule.id] = withEpisode(state, index, next);
    return true;
  }
  return false;
}

function act(
  draft: Draft,
  rule: Rule,
  record: ActRecord,
  does: EpisodeAct,
  episode: EpisodeState,
): EpisodeState | undefined {
  const { snoozedUntil: _, ...awake } = episode;
  const noted = does.note === undefined ? awake : { ...awake, note: does.note };
  const closed = isClosed(episode.status);
  switch (does.type) {
    case 'acknowledge': {
      // What is over can still be acknowledged; it stays over.
      const status = closed ? episode.status : 'acknowledged';
      return tell(draft, rule, { ...noted, status, acknowledgedBy: record.actor }, 'acknowledged');
    }
    case 'snooze': {
      if (closed || !isInstant(does.until) || does.until <= draft.now) return undefined;
      const told = draft.timers[TIMER];
      if (told === undefined || does.until < told) setTimer(draft, TIMER, does.until);
      return tell(draft, rule, { ...noted, status: 'snoozed', snoozedUntil: does.until }, 'snoozed');
    }
    case 'resolve': {
      if (closed) return undefined;
      const closedByHand = { rank: episode.rank, at: record.receivedAt };
      return tell(draft, rule, { ...noted, status: 'resolved', closedByHand }, 'resolved');
    }
  }
}

function withEpisode(state: RuleState, index: number, episode: EpisodeState): RuleState {
  return { ...state, episodes: state.episodes.map((old, i) => (i === index ? episode : old)) };
}

/** Snoozes that have run out by the log's own time: the alert is open again and says so. */
export function endSnoozes(draft: Draft): void {
  const told = draft.timers[TIMER];
  if (told === undefined || told > draft.now) return;
  let next: number | null = null;
  for (const rule of RULES) {
    const state = draft.rules[rule.id];
    if (state === undefined) continue;
    for (const [index, episode] of state.episodes.entries()) {
      if (episode.snoozedUntil === undefined) continue;
      if (episode.snoozedUntil > draft.now) {
        next = Math.min(next ?? Infinity, episode.snoozedUntil);
        continue;
      }
      const { snoozedUntil: _, ...awake } = episode;
      const told = tell(draft, rule, { ...awake, status: 'open' }, 'amended', 'snooze-over');
      draft.rules[rule.id] = withEpisode(draft.rules[rule.id]!, index, told);
    }
  }
  setTimer(draft, TIMER, next);
}

/**
 * Limits count for samples later than the newest one of their measure when they were set, so that what was judged before stays
 * judged, and late data from before are judged by the limits of their time.
 */
function setThresholds(
  draft: Draft,
  record: ActRecord,
  thresholds: Extract<ActRecord['does'], { type: 'set-thresholds' }>['thresholds'],
): void {
  for (const threshold of thresholds) {
    const rule = ruleById(threshold.rule);
    const fits = threshold.expiresAt === undefined || isInstant(threshold.expiresAt);
    if (rule === undefined || !fits || checkThresholds(threshold.rule, threshold.limits).length > 0) {
      drop(draft, 'threshold-refused');
      continue;
    }
    const newest = rule.kind === 'limit' ? (draft.measures[rule.code]?.t ?? null) : null;
    const entry: PatientLimits = {
      after: newest,
      limits: threshold.limits,
      author: record.actor,
      reason: threshold.reason,
      ...(threshold.expiresAt === undefined ? undefined : { expiresAt: threshold.expiresAt }),
    };
    draft.thresholds[rule.id] = timelineWith(draft.thresholds[rule.id] ?? [], entry, newest);
    draft.thresholdChanges.push({ ...threshold, author: record.actor, at: record.receivedAt });
  }
}

/** Entries that another one replaced before everything late data can reach are forgotten. */
function timelineWith(
  timeline: readonly PatientLimits[],
  entry: PatientLimits,
  newest: number | null,
): readonly PatientLimits[] {
  if (newest === null) return [entry];
  const reach = gridTimes(newest)[0]!;
  const all = [...timeline, entry];
  return all
    .filter((_, i) => all[i + 1] === undefined || (all[i + 1]!.after ?? -Infinity) >= reach)
    .slice(-TIMELINE_KEPT);
}
