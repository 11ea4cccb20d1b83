import type { Severity } from '#libs/contracts';
import { measureByName, type MeasureName } from '#libs/domain/quantities';
import type { LimitRule, LimitSpec, Rule, SilenceRule, Tier } from './rule.js';

const QUALITY =
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
  readonly tiers: readonly TierSpec[];
  readonly maxGapSeconds: number;
  readonly population: string;
}

const NOT_FOR = 'Not checked for neonates, children or pregnancy: set limits for the patient.';

/**
 * Defaults follow the ADA/ATTD levels of glucose (Battelino 2019) and the adult priorities of docs/clinical/rules. One page each.
 */
const GLUCOSE = { measure: 'glucose', maxGapSeconds: 1800, population: `Adults with diabetes. ${NOT_FOR}` } as const;
const HEART = { measure: 'heart-rate', maxGapSeconds: 360, population: `Adults at rest. ${NOT_FOR}` } as const;
const AT_ONCE = { forSeconds: 0, samples: 1 } as const;
const FOR_15_MIN = { clearSeconds: 900, clearSamples: 2 } as const;

const LIMIT_RULES: readonly LimitRule[] = [
  limitRule({
    ...GLUCOSE,
    id: 'glucose-low',
    title: 'Glucose low',
    direction: 'below',
    tiers: [{ severity: 'medium', limit: 70, clear: 75, range: [54, 120], ...AT_ONCE, ...FOR_15_MIN }],
  }),
  limitRule({
    ...GLUCOSE,
    id: 'glucose-very-low',
    title: 'Glucose very low',
    direction: 'below',
    tiers: [{ severity: 'high', limit: 54, clear: 60, range: [40, 80], ...AT_ONCE, ...FOR_15_MIN }],
  }),
  limitRule({
    ...GLUCOSE,
    id: 'glucose-high',
    title: 'Glucose high',
    direction: 'above',
    tiers: [
      { severity: 'medium', limit: 250, clear: 235, range: [140, 400], forSeconds: 3600, samples: 3, ...FOR_15_MIN },
    ],
  }),
  limitRule({
    ...GLUCOSE,
    id: 'glucose-very-high',
    title: 'Glucose very high',
    direction: 'above',
    tiers: [{ severity: 'medium', limit: 300, clear: 280, range: [180, 600], ...AT_ONCE, ...FOR_15_MIN }],
  }),
  limitRule({
    ...HEART,
    id: 'heart-rate-high',
    title: 'Heart rate high',
    direction: 'above',
    tiers: [
      {
        severity: 'medium',
        limit: 120,
        clear: 115,
        range: [80, 180],
        forSeconds: 600,
        samples: 3,
        clearSeconds: 120,
        clearSamples: 2,
      },
      {
        severity: 'high',
        limit: 150,
        clear: 145,
        range: [100, 220],
        forSeconds: 60,
        samples: 3,
        clearSeconds: 60,
        clearSamples: 2,
      },
    ],
  }),
  limitRule({
    ...HEART,
    id: 'heart-rate-low',
    title: 'Heart rate low',
    direction: 'below',
    tiers: [
      {
        severity: 'high',
        limit: 40,
        clear: 44,
        range: [25, 70],
        forSeconds: 60,
        samples: 3,
        clearSeconds: 60,
        clearSamples: 2,
      },
    ],
  }),
  limitRule({
    id: 'oxygen-saturation-low',
    title: 'Oxygen saturation low',
    measure: 'oxygen-saturation',
    direction: 'below',
    maxGapSeconds: 900,
    population: `Adults without chronic hypercapnic respiratory failure. ${NOT_FOR}`,
    tiers: [
      { severity: 'medium', limit: 90, clear: 92, range: [75, 97], ...AT_ONCE, clearSeconds: 30, clearSamples: 2 },
      { severity: 'high', limit: 85, clear: 87, range: [60, 94], ...AT_ONCE, clearSeconds: 30, clearSamples: 2 },
    ],
  }),
];

/** How many successive values make a stream continuous, so that its silence means something. */
export const CONTINUOUS_AFTER = 4;

export const NO_DATA: SilenceRule = {
  kind: 'silence',
  id: 'no-data',
  version: '1.0.0',
  title: 'No data',
  severity: 'low',
  inputs: ['heart-rate', 'oxygen-saturation', 'respiratory-rate', 'glucose'],
  quality: 'Any value counts as a sign of life, whatever its quality.',
  limits: [
    silenceLimit('heartRateSeconds', 'heart rate', 900),
    silenceLimit('oxygenSaturationSeconds', 'oxygen saturation', 900),
    silenceLimit('respiratoryRateSeconds', 'respiratory rate', 900),
    silenceLimit('glucoseSeconds', 'glucose', 1800),
  ],
  persistence: `Only streams that sent at least ${CONTINUOUS_AFTER} values, each within the limit of the one before.`,
  hysteresis:
    'None. Held back while old values keep arriving (a gateway catching up) or another source sends the same measure.',
  clears: 'Newer values from every source that fell silent.',
  population: 'Anyone with a continuous monitor.',
  page: 'docs/clinical/rules/no-data.md',
  seconds: { 1: 'heartRateSeconds', 3: 'oxygenSaturationSeconds', 4: 'respiratoryRateSeconds', 9: 'glucoseSeconds' },
};

/** Every rule, in the order in which they are evaluated and listed. */
export const RULES: readonly Rule[] = [...LIMIT_RULES, NO_DATA];

const byId = new Map(RULES.map((rule) => [rule.id, rule]));
const byCode = new Map<number, readonly LimitRule[]>();
for (const rule of LIMIT_RULES) byCode.set(rule.code, [...(byCode.get(rule.code) ?? []), rule]);
const NONE: readonly LimitRule[] = [];

export function ruleById(id: string): Rule | undefined {
  return byId.get(id);
}

/** The rules that read this measure (catalogue number). */
export function rulesOf(code: number): readonly LimitRule[] {
  return byCode.get(code) ?? NONE;
}

function limitRule(spec: LimitRuleSpec): LimitRule {
  const measure = measureByName(spec.measure);
  if (measure === undefined) throw new Error(`no measure ${spec.measure}`);
  const names = spec.tiers.map((_, i) => tierNames(i));
  const beyond = spec.direction;
  const safe = beyond === 'below' ? 'at or above' : 'at or below';
  return {
    kind: 'limit',
    id: spec.id,
    version: '1.0.0',
    title: spec.title,
    severity: spec.tiers.at(-1)?.severity ?? 'low',
    inputs: [spec.measure],
    quality: QUALITY,
    limits: spec.tiers.flatMap((tier, i) => limitSpecs(tier, names[i]!, measure.unit, spec)),
    persistence: spec.tiers
      .map((tier) => `${tier.severity}: ${beyond} ${tier.limit} ${measure.unit} ${persistence(tier)}`)
      .join('; '),
    hysteresis: spec.tiers.map((tier) => `${tier.severity}: ${safe} ${tier.clear} ${measure.unit}`).join('; '),
    clears: spec.tiers
      .slice(0, 1)
      .map(
        (tier) =>
          `${measure.title} ${safe} ${tier.clear} ${measure.unit} for ${tier.clearSeconds} s, at least ${tier.clearSamples} good values`,
      )
      .join(''),
    population: spec.population,
    page: `docs/clinical/rules/${spec.id}.md`,
    code: measure.number,
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
    { name: names.raise, title: `${spec.direction} this: ${tier.severity}`, unit, default: tier.limit, min, max },
    {
      name: names.clear,
      title: `back to this: no longer ${tier.severity}`,
      unit,
      default: tier.clear,
      min: clearRange[0]!,
      max: clearRange[1]!,
    },
    { name: names.raiseSeconds, title: 'held for', unit: 's', default: tier.forSeconds, min: 0, max: 14_400 },
    { name: names.clearSeconds, title: 'back for', unit: 's', default: tier.clearSeconds, min: 0, max: 14_400 },
  ];
}

function persistence(tier: TierSpec): string {
  if (tier.samples === 1 && tier.forSeconds === 0) return 'at once';
  return `for ${tier.forSeconds} s, at least ${tier.samples} values`;
}

function silenceLimit(name: string, of: string, seconds: number): LimitSpec {
  return { name, title: `no ${of} for`, unit: 's', default: seconds, min: 60, max: 86_400 };
}
