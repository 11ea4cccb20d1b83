import type { ResourceChange } from '#libs/fhir-rest';
import { indexRows } from './index-row.js';
import { nextSequence } from './sequence.js';
import type { Indexed, Removed } from './write-search.js';

/** What a request does to the index. */
export interface IndexPlan {
  readonly added: readonly Indexed[];
  readonly replaced: readonly Indexed[];
  readonly removed: readonly Removed[];
  /** The number that each resource has from now on, by `Type/id`; none for one that was deleted. */
  readonly keys: ReadonlyMap<string, string>;
}

/** @param changes one for each resource. @param known numbers of resources that are in the index, by `Type/id` */
export function planIndex(
  tenant: number,
  changes: readonly ResourceChange[],
  known: ReadonlyMap<string, string>,
): IndexPlan {
  const added: Indexed[] = [];
  const replaced: Indexed[] = [];
  const removed: Removed[] = [];
  const keys = new Map<string, string>();
  for (const change of changes) {
    const { type, id, deleted, search } = change;
    const name = `${type}/${id}`;
    const before = known.get(name);
    if (deleted) {
      if (before !== undefined) removed.push({ type, id, seq: before });
    } else if (search !== undefined) {
      const seq = before ?? nextSequence(change.lastUpdated).toString();
      keys.set(name, seq);
      const { own, contained } = indexRows(tenant, change, search);
      (before === undefined ? added : replaced).push({ seq, row: own });
      for (const row of contained) added.push({ seq: nextSequence(change.lastUpdated).toString(), row });
    } else if (before !== undefined) keys.set(name, before);
  }
  return { added, replaced, removed, keys };
}
