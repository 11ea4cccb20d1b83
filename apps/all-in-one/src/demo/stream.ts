import { setTimeout as sleep } from 'node:timers/promises';
import type { MqttClient } from 'mqtt';
import type { ApiClient } from './api-client.js';
import { CHECKED, MONITORED, type SimulatedPatient } from './ward.js';
import { hasPump } from './pump/pump-person.js';
import type { Vital } from './physiology.js';

const TICK_MS = 2_000;
const GLUCOSE_EVERY_MS = 15_000;
const CHECKED_EVERY_MS = 60_000;

/**
 * Streams the ward until `closing`: monitored vitals every 2 s, glucose every 15 s, cuff and thermometer every minute. A tick waits
 * until both gateways have accepted the one before, so nothing piles up here.
 */
export async function streamWard(
  patients: readonly SimulatedPatient[],
  clients: { readonly http: ApiClient; readonly mqtt: MqttClient; readonly tenant: string },
  closing: AbortSignal,
): Promise<void> {
  // The past has just been sent: alerts about its newest glucose are emitted before the next value is sent.
  let [glucoseAt, checkedAt] = [Date.now(), 0];
  while (!closing.aborted) {
    const at = Date.now();
    const due: Vital[] = [...MONITORED];
    if (at - glucoseAt >= GLUCOSE_EVERY_MS) {
      due.push('glucose');
      glucoseAt = at;
    }
    if (at - checkedAt >= CHECKED_EVERY_MS) {
      due.push(...CHECKED);
      checkedAt = at;
    }
    const sampled = patients.map((patient) => ({
      bed: patient.bed,
      samples: patient.sample(sentBy(patient, due), at),
    }));
    const byHttp = sampled.filter(({ bed }) => bed.transport === 'http').flatMap(({ samples }) => samples);
    await Promise.all([
      clients.http.must('POST', '/v1/samples', byHttp),
      ...sampled
        .filter(({ bed }) => bed.transport === 'mqtt')
        .map(({ bed, samples }) =>
          clients.mqtt.publishAsync(
            `homeostat/${clients.tenant}/patients/${bed.patient}/samples`,
            JSON.stringify(samples),
            {
              qos: 1,
            },
          ),
        ),
    ]);
    await sleep(Math.max(0, at + TICK_MS - Date.now()), undefined, { signal: closing });
  }
}

/** Glucose of a person on a pump follows from what is given and eaten (`pump`). */
function sentBy({ bed }: SimulatedPatient, due: readonly Vital[]): readonly Vital[] {
  return hasPump(bed) ? due.filter((vital) => vital !== 'glucose') : due;
}
