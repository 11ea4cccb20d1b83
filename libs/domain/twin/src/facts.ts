import type { FactKind, WireFact } from '#libs/contracts';
import { drop, type Draft } from './draft.js';
import type { FactState } from './state.js';

/** Facts that a twin carries along; the rest is read from the store. Kinds in the order in which they are kept. */
const FACTS_KEPT = 24;
const KINDS: readonly FactKind[] = [
  'demographics',
  'allergy',
  'condition',
  'medication',
  'encounter',
  'device',
  'report',
];

/**
 * Takes over facts. A version that is not newer than the one known is dropped and counted. The twin carries those that hold now
 * (no end, or an end after the newest the log has heard); every change goes to the store.
 */
export function applyFacts(draft: Draft, facts: readonly WireFact[]): void {
  if (facts.length === 0) return;
  const current = new Map(Object.entries(draft.facts));
  for (const fact of facts) {
    const known = current.get(fact.reference);
    if (known !== undefined && known.version >= fact.version) {
      drop(draft, 'fact-known');
      continue;
    }
    const span = {
      ...(fact.from === undefined ? undefined : { from: fact.from }),
      ...(fact.to === undefined ? undefined : { to: fact.to }),
    };
    const { version, content } = fact;
    const withdrawn = fact.withdrawn === true;
    draft.factChanges.push({ kind: fact.fact, reference: fact.reference, version, content, withdrawn, ...span });
    draft.changed = true;
    if (!withdrawn && (fact.to === undefined || fact.to > draft.now)) {
      current.set(fact.reference, { kind: fact.fact, version, content, ...span });
    } else {
      current.delete(fact.reference);
    }
  }
  const kept = [...current].sort(byKind).slice(0, FACTS_KEPT);
  draft.moreFacts = Math.max(0, draft.moreFacts + current.size - kept.length);
  draft.facts = Object.fromEntries(kept);
}

/** By kind; within one the newest first. */
function byKind([a, x]: [string, FactState], [b, y]: [string, FactState]): number {
  const kind = KINDS.indexOf(x.kind) - KINDS.indexOf(y.kind);
  if (kind !== 0) return kind;
  const newest = (y.from ?? -Infinity) - (x.from ?? -Infinity);
  if (newest !== 0 && !Number.isNaN(newest)) return newest;
  return a < b ? -1 : 1;
}
