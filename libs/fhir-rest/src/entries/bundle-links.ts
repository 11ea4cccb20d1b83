import type { Entry, WriteEntry } from './entry.js';
import { targetKey } from '../references/resolve-reference.js';

/** What references of a transaction may mean by its entries. */
export interface BundleLinks {
  /** fullUrl → where the resource will be. */
  readonly targets: ReadonlyMap<string, string>;
  /** `Type/id` as the sender had it, of resources that get another id → where they will be. */
  readonly sentIds: ReadonlyMap<string, string>;
}

export const NO_LINKS: BundleLinks = { targets: new Map(), sentIds: new Map() };

export function linksOf(entries: readonly Entry[]): BundleLinks {
  const writes = entries.filter((entry): entry is WriteEntry => entry.method === 'POST' || entry.method === 'PUT');
  const targets = new Map<string, string>();
  for (const { fullUrl, type, id } of writes) {
    if (fullUrl !== undefined) targets.set(targetKey(fullUrl), `${type}/${id}`);
  }
  return { targets, sentIds: sentIdsOf(writes) };
}

/** Only where one entry alone can be meant: with two of them, of two systems, the reference says nothing. */
function sentIdsOf(writes: readonly WriteEntry[]): Map<string, string> {
  const sent = new Map<string, string>();
  const unclear = new Set<string>();
  for (const { method, condition, resource, type, id } of writes) {
    const sentId = resource['id'];
    const name = `${type}/${typeof sentId === 'string' ? sentId : ''}`;
    const keepsId = method === 'PUT' && condition === undefined;
    if (keepsId || sent.has(name)) unclear.add(name);
    else if (typeof sentId === 'string') sent.set(name, `${type}/${id}`);
  }
  for (const name of unclear) sent.delete(name);
  return sent;
}
