import { targetKey } from '../references/resolve-reference.js';
import { BadEntry } from './bad-entry.js';
import type { Entry } from './entry.js';

/**
 * In a transaction no resource may be the target of two entries, and no fullUrl stand twice (FHIR R4 http.html#trules, bdl-7). What
 * conditional entries mean is known later only.
 */
export function doublesOf(entries: readonly Entry[]): Map<number, BadEntry> {
  const doubles = new Map<number, BadEntry>();
  const targets = new Set<string>();
  const fullUrls = new Set<string>();
  for (const entry of entries) {
    const { index, fullUrl } = entry;
    if (!('type' in entry)) continue;
    const target = `${entry.type}/${entry.id}`;
    const url = fullUrl === undefined ? undefined : targetKey(fullUrl);
    if (targets.has(target)) {
      doubles.set(index, new BadEntry(index, 400, 'duplicate', 'two entries have the same target', 'request.url'));
    } else if (url !== undefined && fullUrls.has(url)) {
      doubles.set(index, new BadEntry(index, 400, 'duplicate', 'two entries have the same fullUrl', 'fullUrl'));
    }
    targets.add(target);
    if (url !== undefined) fullUrls.add(url);
  }
  return doubles;
}
