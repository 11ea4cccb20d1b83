import type { Client } from '../system.js';

/**
 * A load with a known outcome: each patient streams heart rates and glucose over three hours of event time that end now, with one
 * low-glucose episode that is raised and resolved. A request that fails is sent again as it is, the way a gateway does.
 */
export interface WardLoad {
  readonly patients: readonly string[];
  /** Samples the gateways said they accepted, counting each request once. */
  accepted: number;
  requests: number;
  retried: number;
  /** Times it logged in again, as a client does whose token is not valid any more. */
  logins: number;
}

const STEPS = 36;
const STEP_MS = 5 * 60_000;
const HEART_RATES_PER_STEP = 9;

/** Every third step the EHR sends a weight, under an id of its own choice: sent again it is a new version with the same value. */
const WEIGHT_EVERY = 3;

export const SAMPLES_PER_PATIENT = STEPS * (HEART_RATES_PER_STEP + 1) + STEPS / WEIGHT_EVERY;

export async function streamWard(client: Client, prefix: string, count: number, pauseMs: number): Promise<WardLoad> {
  const load: WardLoad = {
    patients: Array.from({ length: count }, (_, index) => `${prefix}-${index}`),
    accepted: 0,
    requests: 0,
    retried: 0,
    logins: 0,
  };
  const entry = load.patients.map((id) => ({
    fullUrl: `https://ward.example/Patient/${id}`,
    resource: { resourceType: 'Patient', id, active: true },
    request: { method: 'PUT', url: `Patient/${id}` },
  }));
  await insist(
    client,
    load,
    () => client.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry }),
    200,
  );
  const start = Date.now() - STEPS * STEP_MS;
  for (let step = 0; step < STEPS; step += 1) {
    await Promise.all(
      load.patients.map(async (patient, index) => {
        const samples = stepSamples(patient, start + step * STEP_MS + index * 137, step);
        const answer = await insist<{ accepted: number }>(client, load, () => client.samples(samples), 202);
        load.accepted += answer.accepted;
        if (step % WEIGHT_EVERY === 0) {
          const bundle = weightBundle(patient, start + step * STEP_MS + index * 137, step);
          await insist(client, load, () => client.fhir('POST', '', bundle), 200);
          load.accepted += 1;
        }
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return load;
}

function weightBundle(patient: string, at: number, step: number): unknown {
  const id = `${patient}-weight-${step}`;
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        resource: {
          resourceType: 'Observation',
          id,
          status: 'final',
          code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
          subject: { reference: `Patient/${patient}` },
          effectiveDateTime: new Date(at).toISOString(),
          valueQuantity: { value: 70 + step / 10, system: 'http://unitsofmeasure.org', code: 'kg', unit: 'kg' },
        },
        request: { method: 'PUT', url: `Observation/${id}` },
      },
    ],
  };
}

/** Low from step 10 to 19 (45 min), normal before and after. */
function stepSamples(patient: string, at: number, step: number): unknown[] {
  const low = step >= 10 && step < 20;
  return [
    ...Array.from({ length: HEART_RATES_PER_STEP }, (_, index) => ({
      patient,
      code: 'heart-rate',
      value: 70 + ((step + index) % 9),
      unit: '/min',
      effectiveAt: new Date(at + index * 30_000).toISOString(),
    })),
    {
      patient,
      code: 'glucose',
      value: low ? 61 + (step % 3) : 110 + (step % 5),
      unit: 'mg/dL',
      effectiveAt: new Date(at).toISOString(),
    },
  ];
}

/** A start of another release may change what the client may do, which ends its tokens; many requests may notice at once. */
const MAX_LOGINS = 1_000;

/** Sends until it is accepted; only trouble of the system is tried again, never a refusal of the content. */
async function insist<T>(
  client: Client,
  load: WardLoad,
  send: () => Promise<{ status: number; body: unknown }>,
  expected: number,
): Promise<T> {
  load.requests += 1;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await send();
      if (answer.status === expected) return answer.body as T;
      if (answer.status === 401 && load.logins < MAX_LOGINS) {
        load.logins += 1;
        await client.login();
        continue;
      }
      if (answer.status !== 429 && answer.status < 500) {
        throw new Refused(`${answer.status} ${JSON.stringify(answer.body).slice(0, 400)}`);
      }
    } catch (error) {
      if (error instanceof Refused) throw error;
    }
    if (attempt > 300) throw new Error('a gateway did not come back within a minute');
    load.retried += 1;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

class Refused extends Error {}
