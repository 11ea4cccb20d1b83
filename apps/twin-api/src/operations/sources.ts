import type { Pool } from 'pg';
import { z } from 'zod';
import type { SourceListSchema, SourcesQuery } from '#libs/contracts';
import { measureByNumber } from '#libs/domain/quantities';
import { decodeCursor, encodeCursor } from '#libs/platform/http';
import { ownersOf, storedStreams, type StreamsOfPatient } from '#libs/platform/storage';
import { iso } from '../wire.js';

type Source = z.input<typeof SourceListSchema>['items'][number];
type Unowned = Omit<Source, 'client'>;

const SILENT_AFTER_MS = 15 * 60_000;
const PATIENTS_AT_ONCE = 100;
const PatientPlace = z.string().max(64);

/**
 * Who sends for which patient, and since when not. In the order of patients; a page ends with the last source of a patient, so that it may
 * hold a few more than `limit`.
 */
export async function sourcesOf(
  pool: Pool,
  tenant: number,
  query: z.output<typeof SourcesQuery>,
  now: number,
): Promise<z.input<typeof SourceListSchema>> {
  const list = { list: 'sources', tenant, of: query.silent ?? '' };
  let after = decodeCursor(list, PatientPlace, query.cursor) ?? '';
  const found: Unowned[] = [];
  let hasMore = true;
  while (hasMore && found.length < query.limit) {
    const patients = await storedStreams(pool, tenant, after, PATIENTS_AT_ONCE);
    hasMore = patients.length === PATIENTS_AT_ONCE;
    for (const [n, one] of patients.entries()) {
      found.push(
        ...sendersOf(one, now).filter(({ silent }) => query.silent === undefined || String(silent) === query.silent),
      );
      after = one.patient;
      if (found.length < query.limit) continue;
      hasMore ||= n < patients.length - 1;
      break;
    }
  }
  const owners = await ownersOf(pool, tenant, [...new Set(found.map(({ source }) => source))]);
  return {
    items: found.map((one) => ({ ...one, client: owners.get(one.source) ?? null })),
    ...(hasMore ? { next: encodeCursor(list, after) } : {}),
  };
}

/** The streams of a patient by who sends them. */
function sendersOf({ patient, streams }: StreamsOfPatient, now: number): Unowned[] {
  const senders = Map.groupBy(Object.entries(streams), ([key, { source }]) => JSON.stringify([source, deviceOf(key)]));
  return [...senders.entries()].map(([sender, all]): Unowned => {
    const [source, device] = JSON.parse(sender) as [string, string | null];
    const heard = Math.max(...all.map(([, stream]) => stream.heard));
    const newest = Math.max(...all.map(([, { t, end }]) => end ?? t));
    const codes = new Set(all.map(([key]) => Number(key.split('|', 1)[0])));
    return {
      source,
      device,
      patient,
      measures: [...codes].flatMap((code) => measureByNumber(code)?.name ?? []).toSorted(),
      newestAt: iso(newest),
      receivedAt: iso(heard),
      silentSeconds: Math.max(0, Math.round((now - heard) / 1000)),
      silent: now - heard > SILENT_AFTER_MS,
    };
  });
}

/** The device in the key of a stream: `<measure>|d:<device>`, or `<measure>|f:<source>` without one; a channel may follow. */
function deviceOf(key: string): string | null {
  const [, origin = ''] = key.split('|');
  return origin.startsWith('d:') ? origin.slice(2) : null;
}
