import type { HistoryPage, HistoryRequest, StoredResource } from '#libs/fhir-rest';

/** A page of the history of one resource, of all of its versions that are kept, the newest first. */
export function versionsPage(
  all: readonly StoredResource[],
  { count, since, at, after }: HistoryRequest,
  isFirst: (version: StoredResource) => boolean,
): HistoryPage {
  const matching = all.filter(({ lastUpdated }, index) => {
    const replacedAt = all[index - 1]?.lastUpdated ?? Infinity;
    return lastUpdated >= (since ?? -Infinity) && (at === undefined || (lastUpdated <= at.to && replacedAt > at.from));
  });
  const behind = matching.filter(({ version }) => version < (after?.version ?? Infinity));
  const versions = behind.slice(0, count).map((one) => ({ ...one, created: isFirst(one) }));
  return { versions, more: behind.length > count, total: matching.length };
}
