import type { Draft } from '../state/draft.js';
import { layersOf, limitsAt } from '../limits/limits.js';
import { personOf } from '../facts/person.js';
import type { Rule } from '../rules/rule.js';

/**
 * Since when the values are back within the limits, where only the time that the rule waits before it calls the condition over has not
 * passed (effective time, ms); null: they are not, or nothing holds.
 */
function backSince({ rules }: Pick<Draft, 'rules'>, rule: Rule): number | null {
  if (rule.kind !== 'limit') return null;
  let since: number | null = null;
  for (const { on, clear } of rules[rule.id]?.now?.tiers ?? []) {
    if (on === 0) continue;
    if (clear === null) return null;
    since = Math.max(since ?? clear.from, clear.from);
  }
  return since;
}

/** Whether the values are back: a short event does not persist because the time that its rule waits is long. */
export function isClearing(draft: Pick<Draft, 'rules'>, rule: Rule): boolean {
  return backSince(draft, rule) !== null;
}

/**
 * Until when an alert whose values are back may wait for them to stay there: for as long as the rule asks and the longest pause that it
 * allows between two values; null: they are not back. After that nothing has come that shows it over.
 */
export function overBy(draft: Draft, rule: Rule): number | null {
  const since = backSince(draft, rule);
  if (since === null || rule.kind !== 'limit') return null;
  const limits = limitsAt(rule, layersOf(draft, rule.id), personOf(draft.facts), since);
  const longest = Math.max(...rule.tiers.map(({ clearSeconds }) => limits[clearSeconds]!));
  return since + longest * 1000 + rule.maxGap;
}
