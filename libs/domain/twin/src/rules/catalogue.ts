import { CLOCK_STEP, SYSTEM_OUTAGE, TWIN_UNREADABLE, UNIT_DOUBTFUL } from '../ingest/sender-rules.js';
import type { Forecaster } from '#libs/domain/forecasting';
import { NO_DATA } from '../silence/no-data.js';
import type { ConditionPack } from './condition-pack.js';
import type { DerivedMeasure, FoldedMeasure } from './derived.js';
import type { MemoryFormat } from './memory-format.js';
import type { Detector, LimitRule, Rule, StreamRule } from './rule.js';

/** Rules about senders and streams, not about a condition: in every catalogue, after those of the packs. */
export const EQUIPMENT_RULES: readonly Rule[] = [NO_DATA, CLOCK_STEP, UNIT_DOUBTFUL, SYSTEM_OUTAGE, TWIN_UNREADABLE];

/**
 * What a twin is evaluated with: the rules, detectors and derived measures of some packs, and look-ups over them. A value: `apply`, the
 * views and the readers of stored twins take it as an argument, so that a tenant, a replay or a scenario can have its own.
 */
export interface Catalogue {
  readonly packs: readonly ConditionPack[];
  /** Every rule, in the order in which alerts are emitted and listed: within a group, highest severity first, so that it leads. */
  readonly rules: readonly Rule[];
  readonly detectors: readonly Detector[];
  /** Detectors of waveforms: what is late waits for its turn. */
  readonly settling: readonly Detector[];
  /** Every derived measure, in the order in which they are shown. */
  readonly derived: readonly DerivedMeasure[];
  /** Models that forecast while data stream in, in the order in which they are asked. */
  readonly forecasters: readonly Forecaster[];
  /** Formats of all memories that a twin keeps, by name: `detector:<id>`, `derived:<name>`, `forecaster:<model>`, `checks`. */
  readonly memories: Readonly<Record<string, MemoryFormat>>;
  readonly ruleById: (id: string) => Rule | undefined;
  /** Place in `rules`. */
  readonly orderOf: (rule: Rule) => number;
  /** Place of a rule's group: that of its first rule. */
  readonly groupOrderOf: (rule: Rule) => number;
  /** The limit rules over this measure (catalogue number). */
  readonly limitRulesOf: (code: number) => readonly LimitRule[];
  /** The detectors that read this measure (catalogue number). */
  readonly detectorsOf: (code: number) => readonly Detector[];
  /** The derived measures that remember the course of this measure (catalogue number). */
  readonly foldedOf: (code: number) => readonly FoldedMeasure[];
  /** The models that read this measure (catalogue number). */
  readonly forecastersOf: (code: number) => readonly Forecaster[];
  readonly detectorById: (id: string) => Detector | undefined;
  /** The detector that evaluates this rule. */
  readonly detectorOf: (rule: StreamRule) => Detector | undefined;
  /** Catalogue numbers of the measures that a rule's limits are set against; none for technical rules, which are judged by the log's time. */
  readonly codesOf: (rule: Rule) => readonly number[];
}

/** Version of what the signal checks remember of a measure's sources. */
const CHECKS: MemoryFormat = { version: 1 };
const FIRST: MemoryFormat = { version: 1 };
const NONE: readonly never[] = [];

/**
 * The catalogue of these packs, in their order. Nothing is shared between two catalogues but the rules themselves, which are data.
 *
 * @param forecasters none: nothing is forecast
 * @throws Error when two rules, detectors, derived measures or models have the same name: their memories would be mixed up
 */
export function catalogueOf(packs: readonly ConditionPack[], forecasters: readonly Forecaster[] = NONE): Catalogue {
  const rules: readonly Rule[] = [...packs.flatMap((pack) => pack.rules), ...EQUIPMENT_RULES];
  const detectors = packs.flatMap((pack) => pack.detectors);
  const derived = packs.flatMap((pack) => pack.derived);
  const isFolded = (measure: DerivedMeasure): measure is FoldedMeasure => measure.kind === 'folded';
  const byId = named('rules', rules, ({ id }) => id);
  const detectorsById = named('detectors', detectors, ({ id }) => id);
  named('derived measures', derived, ({ name }) => name);
  named('models', forecasters, ({ card }) => card.id);
  const order = new Map(rules.map((rule, index) => [rule, index]));
  const orderOf = (rule: Rule): number => order.get(rule) ?? rules.length;
  const groupOrder = new Map(rules.map((rule) => [rule, orderOf(firstOfGroup(rules, rule))]));
  const limitRules = byCode(rules.filter((rule) => rule.kind === 'limit'));
  const detectorsByCode = byCode(detectors);
  const readers = byCode(forecasters.map((forecaster) => ({ codes: forecaster.reads, forecaster })));
  const forecastersByCode = new Map([...readers].map(([code, all]) => [code, all.map(({ forecaster }) => forecaster)]));
  const folded = Map.groupBy(derived.filter(isFolded), ({ code }) => code);
  const byRule = new Map(detectors.flatMap((detector) => detector.rules.map((rule) => [rule, detector] as const)));
  return {
    packs,
    rules,
    detectors,
    settling: detectors.filter(({ settling }) => settling !== undefined),
    derived,
    forecasters,
    memories: Object.fromEntries([
      ...detectors.map(({ id, memory = FIRST }) => [`detector:${id}`, memory]),
      ...derived.filter(isFolded).map(({ name, memory = FIRST }) => [`derived:${name}`, memory]),
      ...forecasters.map(({ card, memory }) => [`forecaster:${card.id}`, memory]),
      ['checks', CHECKS],
    ]),
    ruleById: (id) => byId.get(id),
    orderOf,
    groupOrderOf: (rule) => groupOrder.get(rule) ?? rules.length,
    limitRulesOf: (code) => limitRules.get(code) ?? NONE,
    detectorsOf: (code) => detectorsByCode.get(code) ?? NONE,
    foldedOf: (code) => folded.get(code) ?? NONE,
    forecastersOf: (code) => forecastersByCode.get(code) ?? NONE,
    detectorById: (id) => detectorsById.get(id),
    detectorOf: (rule) => byRule.get(rule),
    codesOf(rule) {
      switch (rule.kind) {
        case 'limit':
          return rule.codes;
        case 'stream':
          return byRule.get(rule)?.codes ?? NONE;
        case 'silence':
        case 'sender':
          return NONE;
      }
    },
  };
}

function firstOfGroup(rules: readonly Rule[], rule: Rule): Rule {
  const { group } = rule.policy;
  return group === null ? rule : rules.find(({ policy }) => policy.group === group)!;
}

function named<T>(what: string, all: readonly T[], nameOf: (one: T) => string): ReadonlyMap<string, T> {
  const byName = new Map<string, T>();
  for (const one of all) {
    const name = nameOf(one);
    if (byName.has(name)) throw new Error(`two ${what} of the catalogue have the same name: ${name}`);
    byName.set(name, one);
  }
  return byName;
}

function byCode<T extends { readonly codes: readonly number[] }>(all: readonly T[]): ReadonlyMap<number, readonly T[]> {
  const lists = new Map<number, T[]>();
  for (const one of all) for (const code of one.codes) lists.set(code, [...(lists.get(code) ?? []), one]);
  return lists;
}
