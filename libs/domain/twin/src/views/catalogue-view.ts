import { EQUIPMENT_RULES, type Catalogue } from '../rules/catalogue.js';
import type { Rule } from '../rules/rule.js';

/** A rule as `GET /v1/rules` shows it. */
export interface RuleView extends Omit<Rule, 'kind' | 'codes' | 'limits'> {
  readonly pack: string;
  readonly limits: Rule['limits'];
}

/** The rules of a catalogue, in the order of evaluation. */
export function ruleViews({ packs }: Catalogue): readonly RuleView[] {
  const packed = packs.flatMap(({ id, rules }) => rules.map((rule) => viewOf(rule, id)));
  return [...packed, ...EQUIPMENT_RULES.map((rule) => viewOf(rule, 'equipment'))];
}

function viewOf(rule: Rule, pack: string): RuleView {
  const { id, version, title, severity, category, inputs, quality, freshness, limits } = rule;
  const { persistence, hysteresis, clears, population, policy, page } = rule;
  return {
    id,
    version,
    title,
    pack,
    severity,
    category,
    inputs,
    quality,
    freshness,
    limits,
    ...(rule.byAge === undefined ? undefined : { byAge: rule.byAge }),
    persistence,
    hysteresis,
    clears,
    population,
    ...(rule.refuses === undefined ? undefined : { refuses: rule.refuses }),
    policy,
    ...(rule.further === undefined ? undefined : { further: rule.further }),
    ...(rule.shadowOf === undefined ? undefined : { shadowOf: rule.shadowOf }),
    page,
  };
}
