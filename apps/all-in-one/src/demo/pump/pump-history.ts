import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../api-client.js';
import type { PumpPerson, PumpSample } from './pump-person.js';

const HOUR_MS = 3_600_000;
/** A day and a half: enough for a fit to the person. The ward opens two hours after a meal. */
const SIMULATED_HOURS = 36;
/** The newest hours come reading by reading, as they would have: each gives a forecast, whose truth is the readings that follow. */
const READING_BY_READING_HOURS = 12;
/** Older than this it begins anew: it would take long to live through. */
const MAX_HOURS = 14 * 24;
const LOOK_EVERY_MS = 5_000;

/** When the simulation of the people on pumps began, ms: as at the last start, if that is not long ago. */
export function pumpsSince(before: number | undefined, now: number): number {
  return before !== undefined && before < now && now - before <= MAX_HOURS * HOUR_MS
    ? before
    : Math.floor(now / 60_000) * 60_000 - SIMULATED_HOURS * HOUR_MS;
}

/** What is sent together: the older hours at once, then each reading with what was given and eaten since the one before. */
export function inRequests(samples: readonly PumpSample[], now: number): readonly (readonly PumpSample[])[] {
  const from = new Date(now - READING_BY_READING_HOURS * HOUR_MS).toISOString();
  const older = samples.filter(({ effectiveAt }) => effectiveAt < from);
  const requests: PumpSample[][] = older.length > 0 ? [older] : [];
  let next: PumpSample[] = [];
  for (const sample of samples.filter(({ effectiveAt }) => effectiveAt >= from)) {
    next.push(sample);
    if (sample.code !== 'glucose') continue;
    requests.push(next);
    next = [];
  }
  if (next.length > 0) requests.push(next);
  return requests;
}

/** The newest that is known of a person on a pump. */
export interface Newest {
  readonly reading: PumpSample;
  readonly bolus: PumpSample;
}

/**
 * Sends the past of each person as far as it is not known, faster than the clock, then what happens as it happens, until `closing`. `known`: newest glucose
 * of each bed, ms. `onCaughtUp` is called once, when the past is there, with the newest of each.
 */
export async function streamPumps(
  people: readonly PumpPerson[],
  known: ReadonlyMap<number, number>,
  api: ApiClient,
  onCaughtUp: (newest: ReadonlyMap<number, Newest>) => void,
  closing: AbortSignal,
): Promise<void> {
  const newest = new Map<number, Newest>();
  await Promise.all(
    people.map(async (person) => {
      const { number } = person.bed;
      const now = Date.now();
      const lived = person.until(now);
      const [bolus, reading] = (['insulin-bolus', 'glucose'] as const).map((of) =>
        lived.findLast(({ code }) => code === of),
      );
      if (bolus !== undefined && reading !== undefined) newest.set(number, { bolus, reading });
      const fresh = lived.filter(({ effectiveAt }) => Date.parse(effectiveAt) > (known.get(number) ?? 0));
      // One after another: a reading is forecast before the next one comes.
      for (const samples of inRequests(fresh, now)) await api.must('POST', '/v1/samples', samples);
    }),
  );
  onCaughtUp(newest);
  while (!closing.aborted) {
    const samples = people.flatMap((person) => person.until(Date.now()));
    if (samples.length > 0) await api.must('POST', '/v1/samples', samples);
    await sleep(LOOK_EVERY_MS, undefined, { signal: closing });
  }
}
