import type { Draft } from '../state/draft.js';
import { emitEpisodes } from '../episodes/episodes.js';
import type { Look } from '../episodes/look.js';
import { NO_RULE_STATE } from '../time/fold.js';
import type { FoundEpisode } from '../machines/limit-machine.js';
import type { Catalogue } from '../rules/catalogue.js';
import type { MeasureRule } from '../rules/rule.js';

/** What a record showed of one rule. */
export interface Shown {
  readonly rule: MeasureRule;
  readonly found: readonly FoundEpisode[];
  readonly look: Look;
}

/** Emits by group: endings first, then the highest severity of those that begin together, so that it leads. */
export function emitAll(draft: Draft, shown: readonly Shown[]): void {
  for (const { rule, found, look } of shown.toSorted(inOrderOf(draft.catalogue))) {
    const before = draft.rules[rule.id] ?? NO_RULE_STATE;
    const emitted = emitEpisodes(draft, rule, before, found, look);
    draft.rules[rule.id] = { ...(draft.rules[rule.id] ?? NO_RULE_STATE), ...emitted };
  }
}

function inOrderOf({ groupOrderOf, orderOf }: Catalogue): (a: Shown, b: Shown) => number {
  return (a, b) =>
    groupOrderOf(a.rule) - groupOrderOf(b.rule) || byPrecedence(a, b) || orderOf(a.rule) - orderOf(b.rule);
}

function byPrecedence(a: Shown, b: Shown): number {
  const [first, second] = [openRank(a), openRank(b)];
  return first === 0 || second === 0 ? first - second : second - first;
}

/** Rank of what holds now, 0: nothing does. */
function openRank({ found }: Shown): number {
  const last = found.at(-1);
  return last === undefined || last.end !== null ? 0 : last.rank;
}
