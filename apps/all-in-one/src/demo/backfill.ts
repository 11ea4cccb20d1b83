import type { Known } from './admission.js';
import type { Door } from './door.js';
import { CHECKED, MONITORED, type SimulatedPatient, type WardSample } from './ward.js';

const HOURS_BACK = 3;
const MINUTE_MS = 60_000;
const GLUCOSE_EVERY_MINUTES = 5;
const AT_ONCE = 4;

/** When the past of a ward that opens now begins, ms. */
export function backfillFrom(openedAt: number): number {
  return openedAt - HOURS_BACK * 60 * MINUTE_MS;
}

/** The hours before the ward opened, a minute apart, as far as they are not known yet. */
export function pastOf(
  patient: SimulatedPatient,
  known: { readonly vitals?: number; readonly glucose?: number },
  openedAt: number,
): readonly WardSample[] {
  const samples: WardSample[] = [];
  const from = backfillFrom(openedAt);
  for (let minute = 0; from + minute * MINUTE_MS < openedAt; minute += 1) {
    const at = from + minute * MINUTE_MS;
    const vitals = at > (known.vitals ?? 0) ? [...MONITORED, ...CHECKED] : [];
    const glucose = minute % GLUCOSE_EVERY_MINUTES === 0 && at > (known.glucose ?? 0) ? (['glucose'] as const) : [];
    samples.push(...patient.sample([...vitals, ...glucose], at));
  }
  return samples;
}

/** Sends the past of each patient, one request each. Answers how many samples that were. */
export async function backfill(
  door: Door,
  patients: readonly SimulatedPatient[],
  known: Known,
  openedAt: number,
): Promise<number> {
  const waiting = [...patients];
  let sent = 0;
  const work = async (): Promise<void> => {
    for (let patient = waiting.shift(); patient !== undefined; patient = waiting.shift()) {
      const samples = pastOf(patient, known.get(patient.bed.number) ?? {}, openedAt);
      if (samples.length > 0) await door.must('POST', '/v1/samples', samples);
      sent += samples.length;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return sent;
}
