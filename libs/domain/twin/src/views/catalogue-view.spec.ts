import { describe, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { EQUIPMENT_RULES } from '../rules/catalogue.js';
import { ruleViews } from './catalogue-view.js';

describe('rules as they are listed', () => {
  it('are those of the catalogue in its order, each with its pack, those about equipment last', () => {
    const views = ruleViews(DEFAULT_CATALOGUE);
    expect(views.map(({ id }) => id)).toEqual(DEFAULT_CATALOGUE.rules.map(({ id }) => id));
    const packs = DEFAULT_CATALOGUE.packs.flatMap(({ id, rules }) => rules.map(() => id));
    expect(views.map(({ pack }) => pack)).toEqual([...packs, ...EQUIPMENT_RULES.map(() => 'equipment')]);
  });

  it('have what the rule has and is meant for readers, and no field for what it has not', () => {
    const shown = [
      'byAge',
      'category',
      'clears',
      'freshness',
      'further',
      'hysteresis',
      'id',
      'inputs',
      'limits',
      'page',
      'persistence',
      'policy',
      'population',
      'quality',
      'refuses',
      'severity',
      'shadowOf',
      'title',
      'version',
    ];
    const seen = new Set<string>();
    for (const [i, { pack: _, ...view }] of ruleViews(DEFAULT_CATALOGUE).entries()) {
      const rule = DEFAULT_CATALOGUE.rules[i]!;
      const entries = Object.entries(rule).filter(([name]) => shown.includes(name));
      expect(view).toStrictEqual(Object.fromEntries(entries));
      for (const name of Object.keys(view)) seen.add(name);
    }
    expect([...seen].sort()).toEqual(shown);
  });
});
