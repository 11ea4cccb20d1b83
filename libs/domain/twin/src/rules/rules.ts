import { CLOCK_STEP, SYSTEM_OUTAGE, TWIN_UNREADABLE, UNIT_DOUBTFUL } from '../ingest/sender-rules.js';
import { NO_DATA } from '../silence/no-data.js';
import { PACKS } from '../packs/packs.js';
import type { DerivedMeasure, FoldedMeasure } from './derived.js';
import type { Detector, LimitRule, Rule, StreamRule } from './rule.js';

/** Every rule, in the order in which alerts are emitted and listed: within a group, highest severity first, so that it leads. */
export const RULES: readonly Rule[] = [
  ...PACKS.flatMap((pack) => pack.rules),
  NO_DATA,
  CLOCK_STEP,
  UNIT_DOUBTFUL,
  SYSTEM_OUTAGE,
  TWIN_UNREADABLE,
];

/** Every derived measure, in the order in which they are shown. */
export const DERIVED: readonly DerivedMeasure[] = PACKS.flatMap((pack) => pack.derived);

const byId = new Map(RULES.map((rule) => [rule.id, rule]));
const order = new Map(RULES.map((rule, index) => [rule, index]));
const limitRules = byCode(RULES.filter((rule): rule is LimitRule => rule.kind === 'limit'));
/** Every detector. */
export const DETECTORS: readonly Detector[] = PACKS.flatMap((pack) => pack.detectors);
const detectors = byCode(DETECTORS);
/** Detectors of waveforms: what is late waits for its turn. */
export const SETTLING: readonly Detector[] = DETECTORS.filter(({ settling }) => settling !== undefined);
const folded = Map.groupBy(
  DERIVED.filter((measure): measure is FoldedMeasure => measure.kind === 'folded'),
  ({ code }) => code,
);

function byCode<T extends { readonly codes: readonly number[] }>(all: readonly T[]): ReadonlyMap<number, readonly T[]> {
  const lists = new Map<number, T[]>();
  for (const one of all) for (const code of one.codes) lists.set(code, [...(lists.get(code) ?? []), one]);
  return lists;
}

export function ruleById(id: string): Rule | undefined {
  return byId.get(id);
}

/** Place in {@link RULES}. */
export function orderOf(rule: Rule): number {
  return order.get(rule) ?? RULES.length;
}

/** The limit rules over this measure (catalogue number). */
export function limitRulesOf(code: number): readonly LimitRule[] {
  return limitRules.get(code) ?? [];
}

/** The detectors that read this measure (catalogue number). */
export function detectorsOf(code: number): readonly Detector[] {
  return detectors.get(code) ?? [];
}

/** The detector that evaluates this rule. */
export function detectorOf(rule: StreamRule): Detector | undefined {
  return DETECTORS.find((one) => one.rules.includes(rule));
}

/** The derived measures that remember the course of this measure (catalogue number). */
export function foldedOf(code: number): readonly FoldedMeasure[] {
  return folded.get(code) ?? [];
}

/** Catalogue numbers of the measures that a rule's limits are set against; none for technical rules, which are judged by the log's time. */
export function codesOf(rule: Rule): readonly number[] {
  switch (rule.kind) {
    case 'limit':
      return rule.codes;
    case 'stream':
      return detectorOf(rule)?.codes ?? [];
    case 'silence':
    case 'sender':
      return [];
  }
}
