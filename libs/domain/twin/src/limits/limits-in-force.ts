import type { Severity } from '#libs/contracts';
import { measureByNumber } from '#libs/domain/quantities';
import { personOf } from '../facts/person.js';
import type { Catalogue } from '../rules/catalogue.js';
import { refusalOf } from '../rules/refuses.js';
import type { LimitRule, Tier } from '../rules/rule.js';
import type { TwinState } from '../state/state.js';
import { layersOf, limitsAt, ownerAt } from './limits.js';

/** A limit of one measure as it can be drawn beside its values. */
export interface LimitInForce {
  /** Catalogue name of the measure. */
  readonly code: string;
  readonly rule: string;
  readonly title: string;
  /** Name of the limit within its rule, with which it is set. */
  readonly limit: string;
  readonly direction: 'low' | 'high';
  /** In `unit`, as are the bounds of what may be set. */
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  readonly severity: Severity;
  readonly owner: 'default' | 'tenant' | 'patient';
  /** Of an owner that is not `default`. */
  readonly author?: string;
  readonly reason?: string;
  /** ms */
  readonly expiresAt?: number;
}

/** A rule that does not judge the person, so that its limits are not in force. */
export interface LimitsNotInForce {
  readonly rule: string;
  readonly reason: 'under-age' | 'pregnant';
}

/**
 * The value limits of all limit rules that a value of effective time `t` (ms) would be evaluated with: those of the person's age, the
 * tenant's and the patient's. Rules in shadow emit nothing and are left out.
 */
export function limitsInForce(
  catalogue: Catalogue,
  twin: Pick<TwinState, 'facts' | 'thresholds' | 'tenantThresholds'>,
  t: number,
): { readonly limits: readonly LimitInForce[]; readonly refused: readonly LimitsNotInForce[] } {
  const person = personOf(twin.facts);
  const rules = catalogue.rules
    .filter((rule) => rule.kind === 'limit')
    .filter(({ shadowOf }) => shadowOf === undefined);
  const limits: LimitInForce[] = [];
  const refused: LimitsNotInForce[] = [];
  for (const rule of rules) {
    const reason = refusalOf(rule, person, t);
    if (reason !== null) {
      refused.push({ rule: rule.id, reason });
      continue;
    }
    const layers = layersOf(twin, rule.id);
    const values = limitsAt(rule, layers, person, t);
    for (const tier of rule.tiers) limits.push({ ...limitOf(rule, tier, values), ...ownerOf(layers, tier.raise, t) });
  }
  return { limits, refused };
}

function limitOf(
  rule: LimitRule,
  { raise, severity }: Tier,
  values: Readonly<Record<string, number>>,
): Omit<LimitInForce, 'owner'> {
  const measure = measureByNumber(rule.codes[0])!;
  const { min, max } = rule.limits.find(({ name }) => name === raise)!;
  return {
    code: measure.name,
    rule: rule.id,
    title: rule.title,
    limit: raise,
    direction: rule.direction === 'below' ? 'low' : 'high',
    value: values[raise]!,
    min,
    max,
    unit: measure.unit,
    severity,
  };
}

function ownerOf(
  layers: Parameters<typeof ownerAt>[0],
  limit: string,
  t: number,
): Pick<LimitInForce, 'owner' | 'author' | 'reason' | 'expiresAt'> {
  const owner = ownerAt(layers, limit, t);
  if (owner === null) return { owner: 'default' };
  const { layer, ...of } = owner;
  return { owner: layer, ...of };
}
