import type { Comparator } from '#libs/contracts';
import type { Finding } from '../alerts/finding.js';
import { limitsAt, type Limits, type Layers } from '../limits/limits.js';
import { RANKS, type LimitRule, type Tier } from '../rules/rule.js';
import type { Person } from '../facts/person.js';
import type { Machine, OpenEpisode, TierState } from '../state/machine-state.js';
import type { Cited } from '../state/cited.js';

/** An episode as the fold finds it. `end` null: still open. `cleared` is the measurement that ended it. */
export interface FoundEpisode {
  readonly start: number;
  readonly end: number | null;
  readonly rank: number;
  readonly peak: number;
  readonly first: Cited;
  readonly met: Cited;
  readonly worst: Cited;
  readonly cleared: Cited | null;
  readonly finding?: Finding;
}

const OFF: TierState = { on: 0, run: null, clear: null };

/**
 * One sample on from `machine` (null: idle). Pure in the samples, given in order of time: nothing else is remembered. An episode
 * that ends with this sample is pushed to `ended`. Samples of bad quality must not be given.
 *
 * Each tier turns on when its raise limit was exceeded by `raiseSamples` values over its seconds, no two further apart than the
 * rule's gap, and off when its clear limit was kept by `clearSamples` good values over its seconds. The episode's severity is
 * that of its highest tier that is on; it ends when none is.
 */
export function stepLimits(
  rule: LimitRule,
  layers: Layers,
  person: Person,
  machine: Machine | null,
  sample: Cited,
  ended: FoundEpisode[],
): Machine | null {
  const limits = limitsAt(rule, layers, person, sample.t);
  if (machine === null && sideOf(rule, limits[rule.tiers[0]!.raise]!, sample) !== 'beyond') return null;
  return advance(rule, limits, machine, sample, ended);
}

function advance(
  rule: LimitRule,
  limits: Limits,
  machine: Machine | null,
  sample: Cited,
  ended: FoundEpisode[],
): Machine | null {
  let changed = false;
  let began: TierState | null = null;
  const tiers: TierState[] = [];
  for (let i = 0; i < rule.tiers.length; i++) {
    const before = machine?.tiers[i] ?? OFF;
    const after = stepTier(rule, rule.tiers[i]!, limits, before, sample);
    if (after.on !== 0 && before.on === 0) began = { ...after, run: going(rule, before, sample) };
    if (after !== before) changed = true;
    tiers.push(after);
  }
  // A severe tier that is met has met the milder ones too, however long those wait on their own.
  if (began !== null) fillBelow(tiers);

  const rank = rankOf(rule, tiers);
  const was = machine?.open ?? null;
  let open: OpenEpisode | null = null;
  if (rank > 0) {
    open = was === null ? opened(rule, sample, began!, rank) : continued(rule, was, sample, rank);
    if (open !== was) changed = true;
  } else if (was !== null) {
    ended.push({ ...was, end: sample.t, cleared: sample });
    changed = true;
  }
  if (!changed) return machine;
  if (tiers.every(isOff)) return null;
  return { tiers, open };
}

function stepTier(rule: LimitRule, tier: Tier, limits: Limits, state: TierState, sample: Cited): TierState {
  const { t, quality } = sample;
  const good = quality === 0;
  const side = sideOf(rule, limits[tier.raise]!, sample);
  if (state.on === 0) {
    if (side === 'either') return state;
    if (side === 'within') return good && state.run !== null ? OFF : state;
    const goesOn = going(rule, state, sample);
    const run = {
      first: goesOn?.first ?? sample,
      n: (goesOn?.n ?? 0) + 1,
      last: t,
      good: good || (goesOn?.good ?? false),
    };
    const met = run.n >= tier.raiseSamples && t - run.first.t >= limits[tier.raiseSeconds]! * 1000;
    return met ? { on: run.good ? 2 : 1, run: null, clear: null } : { on: 0, run, clear: null };
  }
  if (side === 'beyond' && good && state.on === 1) return { on: 2, run: null, clear: null };
  const back = sideOf(rule, limits[tier.clear]!, sample);
  if (back === 'either') return state;
  if (back === 'beyond') return state.clear === null ? state : { ...state, clear: null };
  if (!good) return state;
  const clear = { from: state.clear?.from ?? t, n: (state.clear?.n ?? 0) + 1 };
  const over = clear.n >= tier.clearSamples && t - clear.from >= limits[tier.clearSeconds]! * 1000;
  return over ? OFF : { ...state, clear };
}

/** The run of values that this sample continues, if the pause before it is short enough. */
function going(rule: LimitRule, { run }: TierState, sample: Cited): TierState['run'] {
  return run !== null && sample.t - run.last <= rule.maxGap ? run : null;
}

function beyond(rule: LimitRule, limit: number, x: number): boolean {
  return rule.direction === 'below' ? x < limit : x > limit;
}

/**
 * On which side of a limit a value lies. A bound decides when every value that it allows lies on one side (`<40` is below 54), else
 * it is `either` and undecided.
 */
function sideOf(rule: LimitRule, limit: number, cited: Cited): 'beyond' | 'within' | 'either' {
  const { x, comparator } = cited;
  if (comparator === undefined) return beyond(rule, limit, x) ? 'beyond' : 'within';
  const strict = comparator === '<' || comparator === '>';
  if (pointsBeyond(rule, comparator)) return beyond(rule, limit, x) || (strict && x === limit) ? 'beyond' : 'either';
  const outside = rule.direction === 'below' ? x < limit : x > limit;
  return outside ? 'either' : 'within';
}

/** Whether the values that a bound allows go on in the direction that the rule watches. */
function pointsBeyond(rule: LimitRule, comparator: Comparator): boolean {
  return (comparator === '<' || comparator === '<=') === (rule.direction === 'below');
}

function fillBelow(tiers: TierState[]): void {
  let highest: 0 | 1 | 2 = 0;
  for (let i = tiers.length - 1; i >= 0; i--) {
    const tier = tiers[i]!;
    if (tier.on === 0 && highest !== 0) tiers[i] = { on: highest, run: null, clear: null };
    if (tier.on > highest) highest = tier.on;
  }
}

/** A tier that rests on doubtful values only counts one severity lower, but never as none. */
function rankOf(rule: LimitRule, tiers: readonly TierState[]): number {
  let rank = 0;
  for (let i = 0; i < tiers.length; i++) {
    const { on } = tiers[i]!;
    if (on === 0) continue;
    const full = RANKS[rule.tiers[i]!.severity];
    rank = Math.max(rank, on === 2 ? full : Math.max(1, full - 1));
  }
  return rank;
}

function opened(rule: LimitRule, sample: Cited, began: TierState, rank: number): OpenEpisode {
  const first = began.run?.first ?? sample;
  return { start: sample.t, first, met: sample, worst: worse(rule, first, sample), rank, peak: rank };
}

function continued(rule: LimitRule, open: OpenEpisode, sample: Cited, rank: number): OpenEpisode {
  const worst = worse(rule, open.worst, sample);
  if (worst === open.worst && rank === open.rank) return open;
  return { ...open, worst, rank, peak: Math.max(open.peak, rank) };
}

/** The more extreme of two values; the earlier one when they are equal. A bound counts where it points away from the limit. */
function worse(rule: LimitRule, a: Cited, b: Cited): Cited {
  if (b.comparator !== undefined && !pointsBeyond(rule, b.comparator)) return a;
  return beyond(rule, a.x, b.x) ? b : a;
}

function isOff(tier: TierState): boolean {
  return tier.on === 0 && tier.run === null;
}
