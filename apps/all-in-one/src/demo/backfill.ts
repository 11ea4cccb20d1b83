import type { Known } from './admission.js';
import type { ApiClient } from './api-client.js';
import { hasPump } from './pump/pump-person.js';
import { CHECKED, MONITORED, type SimulatedPatient, type WardSample } from './ward.js';

const HOURS_BACK = 3;
const MINUTE_MS = 60_000;
const GLUCOSE_EVERY_MINUTES = 5;
const AT_ONCE = 4;

/** A stop of this length or less is taken as none: the emergencies that were under way continue. */
const SAME_SHIFT_MS = 15 * MINUTE_MS;

/** Where the past that is sent begins, ms. */
export function backfillFrom(now: number): number {
  return now - HOURS_BACK * 60 * MINUTE_MS;
}

/** When the ward opened: now, or as before if it was heard a short time ago. */
export function openingOf(known: Known, openedBefore: number | undefined, now: number): number {
  const newest = Math.max(0, ...[...known.values()].map(({ vitals }) => vitals ?? 0));
  return openedBefore !== undefined && now - newest <= SAME_SHIFT_MS ? openedBefore : now;
}

/** The hours before now, a minute apart, as far as they are not known yet. */
export function pastOf(
  patient: SimulatedPatient,
  known: { readonly vitals?: number; readonly glucose?: number },
  now: number,
): readonly WardSample[] {
  const samples: WardSample[] = [];
  const from = backfillFrom(now);
  for (let minute = 0; from + minute * MINUTE_MS < now; minute += 1) {
    const at = from + minute * MINUTE_MS;
    const vitals = at > (known.vitals ?? 0) ? [...MONITORED, ...CHECKED] : [];
    const isDue = !hasPump(patient.bed) && minute % GLUCOSE_EVERY_MINUTES === 0 && at > (known.glucose ?? 0);
    const glucose = isDue ? (['glucose'] as const) : [];
    samples.push(...patient.sample([...vitals, ...glucose], at));
  }
  return samples;
}

/** Sends the past of each patient, one request each. Answers how many samples that were. */
export async function backfill(
  api: ApiClient,
  patients: readonly SimulatedPatient[],
  known: Known,
  now: number,
): Promise<number> {
  const waiting = [...patients];
  let sent = 0;
  const work = async (): Promise<void> => {
    for (let patient = waiting.shift(); patient !== undefined; patient = waiting.shift()) {
      const samples = pastOf(patient, known.get(patient.bed.number) ?? {}, now);
      if (samples.length > 0) await api.must('POST', '/v1/samples', samples);
      sent += samples.length;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return sent;
}
