import type { PoolClient } from 'pg';
import type { DeferredRecord } from '#libs/platform/storage';
import type { DeferredPatients } from '../backlog/deferred-patients.js';
import type { Entry, Group } from './read-records.js';
import type { TwinCache } from './twin-cache.js';

/** Characters of a record that takes long enough to be noticed by others. */
const LARGE_RECORD = 400_000;

/**
 * What of a chunk is applied at once, and what belongs behind a patient's backlog, or begins one.
 *
 * @param isAllAside all of it goes to the backlog lane
 */
export async function setAside(
  client: PoolClient,
  groups: ReadonlyMap<string, Group>,
  { cache, deferred }: { readonly cache: TwinCache; readonly deferred: DeferredPatients },
  isAllAside: boolean,
): Promise<{ readonly live: ReadonlyMap<string, Group>; readonly aside: Entry[] }> {
  const { waiting, back } = await deferred.among(client, groups.values());
  for (const patient of back) cache.drop(patient);
  const live = new Map<string, Group>();
  const aside: Entry[] = [];
  for (const [patient, group] of groups) {
    const { entries } = group;
    const large = entries.findIndex(({ log }) => log.value.length > LARGE_RECORD);
    const count = isAllAside || waiting.has(patient) ? 0 : large === -1 ? entries.length : large;
    if (count > 0) live.set(patient, count === entries.length ? group : { ...group, entries: entries.slice(0, count) });
    aside.push(...entries.slice(count));
  }
  return { live, aside };
}

/** As it waits for the backlog lane. */
export function deferredOf({ log, input }: Entry): DeferredRecord {
  const { tenant, patient } = input;
  return { tenant, patient, partition: log.partition, offset: log.offset, value: log.value };
}
