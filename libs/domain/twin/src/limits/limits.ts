import { ageAt, type Person } from '../facts/person.js';
import type { LimitRule, Rule } from '../rules/rule.js';
import type { Catalogue } from '../rules/catalogue.js';
import type { LimitOwner, SetLimits } from '../state/state.js';
import { ownerOf, unexpired } from './set-limits.js';

/** Why limits cannot be set. `limit` names the one at fault. */
export interface LimitRefusal {
  readonly code:
    | 'rule-unknown'
    | 'limit-unknown'
    | 'limit-out-of-range'
    | 'limits-crossed'
    | 'limits-empty'
    | 'limit-of-a-patient';
  readonly limit?: string;
  readonly message: string;
}

export type Limits = Readonly<Record<string, number>>;

/** Whose limits count: the patient's before the tenant's before the rule's own, limit by limit. */
export interface Layers {
  readonly tenant: readonly SetLimits[] | undefined;
  readonly patient: readonly SetLimits[] | undefined;
}

const defaults = new WeakMap<Rule, Limits>();

/** The rule's own limits for adults, by name. */
export function defaultLimits(rule: Rule): Limits {
  let limits = defaults.get(rule);
  if (limits === undefined) {
    limits = Object.fromEntries(rule.limits.map((spec) => [spec.name, spec.default]));
    defaults.set(rule, limits);
  }
  return limits;
}

const byAge = new WeakMap<Limits, Limits>();

/** The rule's own limits at an age; the adult ones where the birth date is unknown. */
function ownLimits(rule: Rule, person: Person, t: number): Limits {
  const age = rule.byAge === undefined ? null : ageAt(person, t);
  const band = age === null ? undefined : rule.byAge?.find(({ underYears }) => age < underYears);
  if (band === undefined) return defaultLimits(rule);
  let limits = byAge.get(band.limits);
  if (limits === undefined) {
    limits = { ...defaultLimits(rule), ...band.limits };
    byAge.set(band.limits, limits);
  }
  return limits;
}

/** `own` with the set ones in their place. A raising limit that is set alone takes its clearing limit along, at the same distance. */
export function mergeLimits(rule: Rule, own: Limits, limits: Limits): Limits {
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
 * Checks limits (canonical units) before they are set; an empty answer means they may be. Null limits, which bring back the
 * default, only need a rule that exists. Refused: unknown names, numbers outside the allowed range, limits that cross each other
 * (clearing where it raises, severe milder than the mild).
 */
export function checkThresholds(
  catalogue: Catalogue,
  ruleId: string,
  limits: Limits | null,
  layer: 'tenant' | 'patient' = 'patient',
): readonly LimitRefusal[] {
  const rule = catalogue.ruleById(ruleId);
  if (rule === undefined) return [{ code: 'rule-unknown', message: 'there is no such rule; GET /v1/rules lists them' }];
  if (limits === null) return [];
  const names = Object.keys(limits);
  if (names.length === 0) return [{ code: 'limits-empty', message: 'no limit given; null brings back the default' }];
  const refusals = names.flatMap((name) => checkLimit(rule, name, limits[name], layer));
  if (refusals.length > 0 || rule.kind === 'silence' || rule.kind === 'sender') return refusals;
  const merged = mergeLimits(rule, defaultLimits(rule), limits);
  if (rule.kind === 'limit') return crossed(rule, merged);
  return (rule.crossed?.(merged) ?? []).map((one) => ({ code: 'limits-crossed', ...one }));
}

function checkLimit(rule: Rule, name: string, value: unknown, layer: 'tenant' | 'patient'): LimitRefusal[] {
  const spec = rule.limits.find((candidate) => candidate.name === name);
  if (spec === undefined) {
    const known = rule.limits.map((candidate) => candidate.name).join(', ');
    return [
      {
        code: 'limit-unknown',
        limit: name,
        message: `${rule.id} has no such limit; it has ${known === '' ? 'none' : known}`,
      },
    ];
  }
  if (layer === 'tenant' && spec.patientOnly === true) {
    const message = `${name} is decided for one patient; set it at /v1/twins/{patient}/thresholds`;
    return [{ code: 'limit-of-a-patient', limit: name, message }];
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
 * The entry in force for a sample at effective time `t`, or undefined for none. An entry counts for samples after the newest one
 * that was there when it was set, and until it expires: both by the sample's own time, never by a clock.
 */
function entryAt(timeline: readonly SetLimits[] | undefined, t: number): SetLimits | undefined {
  if (timeline === undefined) return undefined;
  for (let i = timeline.length - 1; i >= 0; i--) {
    const entry = timeline[i]!;
    if (entry.after !== null && t <= entry.after) continue;
    return unexpired(entry, t);
  }
  return undefined;
}

interface Merged {
  readonly own: Limits;
  readonly tenant: SetLimits | undefined;
  readonly limits: Limits;
}
const merged = new WeakMap<SetLimits, Merged>();

/** The limits in force at effective time `t`. */
export function limitsAt(rule: Rule, layers: Layers, person: Person, t: number): Limits {
  const own = ownLimits(rule, person, t);
  const tenant = entryAt(layers.tenant, t);
  const patient = entryAt(layers.patient, t);
  const key = patient ?? tenant;
  if (key === undefined) return own;
  const known = merged.get(key);
  if (known !== undefined && known.own === own && known.tenant === tenant) return known.limits;
  const ofTenant = tenant === undefined ? own : safelyMerged(rule, own, tenant.limits!);
  const limits = patient === undefined ? ofTenant : safelyMerged(rule, ofTenant, patient.limits!);
  merged.set(key, { own, tenant, limits });
  return limits;
}

/** Limits that are fine against the adult defaults can cross those of another layer or age: then the upper layer counts whole. */
function safelyMerged(rule: Rule, own: Limits, limits: Limits): Limits {
  const together = mergeLimits(rule, own, limits);
  if (rule.kind !== 'limit' || crossed(rule, together).length === 0) return together;
  return mergeLimits(rule, defaultLimits(rule), limits);
}

/** Whose the limit of this name is at effective time `t`; null: the rule's own. */
export function ownerAt(
  layers: Layers,
  name: string,
  t: number,
): ({ readonly layer: 'tenant' | 'patient' } & LimitOwner) | null {
  for (const layer of ['patient', 'tenant'] as const) {
    const entry = entryAt(layers[layer], t);
    if (entry?.limits?.[name] !== undefined) return { layer, ...ownerOf(entry, name) };
  }
  return null;
}

/** The layers of one rule for a twin. */
export function layersOf(
  twin: {
    readonly tenantThresholds: Readonly<Record<string, readonly SetLimits[]>>;
    readonly thresholds: Readonly<Record<string, readonly SetLimits[]>>;
  },
  rule: string,
): Layers {
  return { tenant: twin.tenantThresholds[rule], patient: twin.thresholds[rule] };
}
