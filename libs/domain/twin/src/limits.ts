import type { LimitRule, Rule } from './rule.js';
import { ruleById } from './rules.js';
import type { PatientLimits } from './state.js';

/** Why limits for a patient cannot be set. `limit` names the one at fault. */
export interface LimitRefusal {
  readonly code: 'rule-unknown' | 'limit-unknown' | 'limit-out-of-range' | 'limits-crossed' | 'limits-empty';
  readonly limit?: string;
  readonly message: string;
}

export type Limits = Readonly<Record<string, number>>;

const defaults = new Map<string, Limits>();

/** The rule's own limits, by name. */
export function defaultLimits(rule: Rule): Limits {
  let limits = defaults.get(rule.id);
  if (limits === undefined) {
    limits = Object.fromEntries(rule.limits.map((spec) => [spec.name, spec.default]));
    defaults.set(rule.id, limits);
  }
  return limits;
}

/**
 * The rule's limits with a patient's in their place. Where a patient has a limit and no clearing limit, the clearing limit keeps
 * its default distance.
 */
export function mergeLimits(rule: Rule, limits: Limits): Limits {
  const own = defaultLimits(rule);
  const merged: Record<string, number> = { ...own, ...limits };
  if (rule.kind === 'limit') {
    for (const tier of rule.tiers) {
      if (limits[tier.clear] !== undefined || limits[tier.raise] === undefined) continue;
      merged[tier.clear] = merged[tier.raise]! + (own[tier.clear]! - own[tier.raise]!);
    }
  }
  return merged;
}

/**
 * Checks limits (canonical units) before they are set for a patient; an empty answer means they may be. Null limits, which bring
 * back the default, only need a rule that exists. Refused: unknown names, numbers outside the allowed range, limits that cross
 * each other (clearing where it raises, severe milder than the mild).
 */
export function checkThresholds(ruleId: string, limits: Limits | null): readonly LimitRefusal[] {
  const rule = ruleById(ruleId);
  if (rule === undefined) return [{ code: 'rule-unknown', message: 'there is no such rule; GET /v1/rules lists them' }];
  if (limits === null) return [];
  const names = Object.keys(limits);
  if (names.length === 0) return [{ code: 'limits-empty', message: 'no limit given; null brings back the default' }];
  const refusals = names.flatMap((name) => checkLimit(rule, name, limits[name]));
  if (refusals.length > 0 || rule.kind === 'silence') return refusals;
  return crossed(rule, mergeLimits(rule, limits));
}

function checkLimit(rule: Rule, name: string, value: unknown): LimitRefusal[] {
  const spec = rule.limits.find((candidate) => candidate.name === name);
  if (spec === undefined) {
    const known = rule.limits.map((candidate) => candidate.name).join(', ');
    return [{ code: 'limit-unknown', limit: name, message: `${rule.id} has no such limit; it has ${known}` }];
  }
  if (typeof value !== 'number' || !(value >= spec.min && value <= spec.max)) {
    const message = `${name} must be a number from ${spec.min} to ${spec.max} ${spec.unit}`;
    return [{ code: 'limit-out-of-range', limit: name, message }];
  }
  return [];
}

function crossed(rule: LimitRule, limits: Limits): LimitRefusal[] {
  const refusals: LimitRefusal[] = [];
  const side = rule.direction === 'below' ? 1 : -1;
  for (const [i, tier] of rule.tiers.entries()) {
    const raise = limits[tier.raise]!;
    const clear = limits[tier.clear]!;
    if ((clear - raise) * side < 0) {
      const message = `${tier.clear} (${clear}) must not be ${rule.direction} ${tier.raise} (${raise})`;
      refusals.push({ code: 'limits-crossed', limit: tier.clear, message });
    }
    const milder = rule.tiers[i - 1];
    if (milder !== undefined && (limits[milder.raise]! - raise) * side <= 0) {
      const message = `${tier.raise} (${raise}) must lie further ${rule.direction} than ${milder.raise} (${limits[milder.raise]!})`;
      refusals.push({ code: 'limits-crossed', limit: tier.raise, message });
    }
  }
  return refusals;
}

/**
 * The patient's entry in force for a sample at effective time `t`, or undefined for the default. An entry counts for samples
 * after the newest one that was there when it was set, and until it expires: both by the sample's own time, never by a clock.
 */
export function entryAt(timeline: readonly PatientLimits[] | undefined, t: number): PatientLimits | undefined {
  if (timeline === undefined) return undefined;
  for (let i = timeline.length - 1; i >= 0; i--) {
    const entry = timeline[i]!;
    if (entry.after !== null && t <= entry.after) continue;
    const inForce = entry.limits !== null && (entry.expiresAt === undefined || t < entry.expiresAt);
    return inForce ? entry : undefined;
  }
  return undefined;
}

const merged = new WeakMap<PatientLimits, Limits>();

/** The limits in force at effective time `t`. */
export function limitsAt(rule: Rule, timeline: readonly PatientLimits[] | undefined, t: number): Limits {
  const entry = entryAt(timeline, t);
  if (entry === undefined) return defaultLimits(rule);
  let limits = merged.get(entry);
  if (limits === undefined) {
    limits = mergeLimits(rule, entry.limits ?? {});
    merged.set(entry, limits);
  }
  return limits;
}
