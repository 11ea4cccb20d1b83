import type { Severity } from '#libs/contracts';
import { measureByName, type MeasureName } from '#libs/domain/quantities';
import type { AgeLimits, Further, LimitRule, LimitSpec, Policy, Refuses, Tier } from './rule.js';

export const QUALITY =
  'Bad values are ignored. Doubtful values count towards raising, one severity lower until a good value confirms them; ' +
  'they neither break a run of values nor clear an alert.';

interface TierSpec {
  readonly severity: Severity;
  readonly limit: number;
  readonly clear: number;
  readonly range: readonly [number, number];
  readonly forSeconds: number;
  readonly samples: number;
  readonly clearSeconds: number;
  readonly clearSamples: number;
}

interface LimitRuleSpec {
  readonly id: string;
  readonly title: string;
  readonly measure: MeasureName;
  readonly direction: 'below' | 'above';
  /** From the mildest to the most severe. */
  readonly tiers: readonly [mildest: TierSpec, ...TierSpec[]];
  readonly maxGapSeconds: number;
  readonly population: string;
  readonly refuses?: Refuses;
  readonly byAge?: readonly AgeLimits[];
  readonly policy: Policy;
  /** Step in the unit of the measure; see {@link Further}. */
  readonly further: Omit<Further, 'unit'>;
}

/**
 * A limit rule from its numbers. The mildest tier's limits are called `limit`, `clear`, `forSeconds`, `clearForSeconds`; a second
 * tier's have `severe` before.
 */
export function limitRule(spec: LimitRuleSpec): LimitRule {
  const measure = measureByName(spec.measure);
  const names = spec.tiers.map((_, i) => tierNames(i));
  const beyond = spec.direction;
  const safe = beyond === 'below' ? 'at or above' : 'at or below';
  const [mildest] = spec.tiers;
  return {
    kind: 'limit',
    id: spec.id,
    version: '1.1.0',
    category: 'physiological',
    title: spec.title,
    severity: spec.tiers.at(-1)!.severity,
    inputs: [spec.measure],
    quality: QUALITY,
    freshness: `Values at most ${spec.maxGapSeconds} s apart.`,
    limits: spec.tiers.flatMap((tier, i) => limitSpecs(tier, names[i]!, measure.unit, spec)),
    persistence: spec.tiers
      .map((tier) => `${tier.severity}: ${beyond} ${tier.limit} ${measure.unit} ${persistence(tier)}`)
      .join('; '),
    hysteresis: spec.tiers.map((tier) => `${tier.severity}: ${safe} ${tier.clear} ${measure.unit}`).join('; '),
    clears: `${measure.title} ${safe} ${mildest.clear} ${measure.unit} for ${mildest.clearSeconds} s, at least ${mildest.clearSamples} good values`,
    population: spec.population,
    ...(spec.refuses === undefined ? undefined : { refuses: spec.refuses }),
    ...(spec.byAge === undefined ? undefined : { byAge: spec.byAge }),
    policy: spec.policy,
    further: { ...spec.further, unit: measure.unit },
    page: `docs/clinical/rules/${spec.id}.md`,
    codes: [measure.number],
    direction: beyond,
    tiers: spec.tiers.map((tier, i) => ({
      severity: tier.severity,
      ...names[i]!,
      raiseSamples: tier.samples,
      clearSamples: tier.clearSamples,
    })),
    maxGap: spec.maxGapSeconds * 1000,
  };
}

type TierNames = Pick<Tier, 'raise' | 'clear' | 'raiseSeconds' | 'clearSeconds'>;

/** The mildest tier's limits have the plain names; a second tier's are called severe. */
function tierNames(index: number): TierNames {
  if (index === 0) {
    return { raise: 'limit', clear: 'clear', raiseSeconds: 'forSeconds', clearSeconds: 'clearForSeconds' };
  }
  return {
    raise: 'severeLimit',
    clear: 'severeClear',
    raiseSeconds: 'severeForSeconds',
    clearSeconds: 'severeClearForSeconds',
  };
}

function limitSpecs(tier: TierSpec, names: TierNames, unit: string, spec: LimitRuleSpec): LimitSpec[] {
  const [min, max] = tier.range;
  const room = Math.abs(tier.clear - tier.limit) * 4;
  const clearRange = spec.direction === 'below' ? [min, max + room] : [min - room, max];
  return [
    { name: names.raise, title: `${tier.severity} when ${spec.direction} this`, unit, default: tier.limit, min, max },
    {
      name: names.clear,
      title: `clears ${tier.severity} at this`,
      unit,
      default: tier.clear,
      min: clearRange[0]!,
      max: clearRange[1]!,
    },
    { name: names.raiseSeconds, title: 'held for', unit: 's', default: tier.forSeconds, min: 0, max: 14_400 },
    { name: names.clearSeconds, title: 'cleared for', unit: 's', default: tier.clearSeconds, min: 0, max: 14_400 },
  ];
}

function persistence(tier: TierSpec): string {
  if (tier.samples === 1 && tier.forSeconds === 0) return 'at once';
  return `for ${tier.forSeconds} s, at least ${tier.samples} values`;
}
