import type { Client } from '../../test/support/system.js';
import { pause } from '../phases.js';

/** Patients that a load of the bench is about. */
export interface BenchWard {
  readonly patients: readonly string[];
}

const PER_BUNDLE = 50;
const GIVEN = ['Ada', 'Bob', 'Cleo', 'Dan', 'Eve', 'Finn', 'Gita', 'Hugo', 'Ines', 'Jan'];
const FAMILY = ['Quill', 'Marsh', 'Ng', 'Okafor', 'Silva', 'Tanaka', 'Umber', 'Varga', 'Weiss', 'Young', 'Zeller'];
/** Every so many patients one is so short of oxygen that a high alert is open. */
const SICK_EVERY = 25;

/** Admits `count` patients, each with a name, a record number and a bed. */
export async function admitWard(client: Client, count: number): Promise<BenchWard> {
  const patients = Array.from({ length: count }, (_, n) => `console-${n}`);
  for (let start = 0; start < count; start += PER_BUNDLE) {
    const entry = patients.slice(start, start + PER_BUNDLE).flatMap((id, n) => entriesOf(id, start + n));
    const answer = await client.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry });
    if (answer.status !== 200)
      throw new Error(`admission: ${answer.status} ${JSON.stringify(answer.body).slice(0, 500)}`);
  }
  return { patients };
}

function entriesOf(id: string, n: number): unknown[] {
  const name = { given: [GIVEN[n % GIVEN.length]], family: `${FAMILY[n % FAMILY.length]}-${n}` };
  const identifier = { type: { coding: [{ code: 'MR' }] }, system: 'urn:bench:mr', value: `MR-${100_000 + n}` };
  const bed = `bed-${n}`;
  return [
    { resourceType: 'Patient', id, name: [name], identifier: [identifier], birthDate: '1960-01-01', gender: 'female' },
    { resourceType: 'Location', id: bed, status: 'active', name: `Bed ${n + 1}` },
    {
      resourceType: 'Encounter',
      id: `stay-${n}`,
      status: 'in-progress',
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
      subject: { reference: `Patient/${id}` },
      period: { start: '2026-01-01T00:00:00Z' },
      location: [{ location: { reference: `Location/${bed}` }, status: 'active' }],
    },
  ].map((resource) => {
    const url = `${resource.resourceType}/${resource.id}`;
    return { fullUrl: `https://bench.example/${url}`, resource, request: { method: 'PUT', url } };
  });
}

const VITALS = [
  ['oxygen-saturation', '%', 97],
  ['respiratory-rate', '/min', 15],
  ['systolic-pressure', 'mm[Hg]', 121],
  ['diastolic-pressure', 'mm[Hg]', 78],
  ['body-temperature', 'Cel', 36.8],
  ['glucose', 'mg/dL', 112],
  ['heart-rate', '/min', 72],
] as const;

/** Before the next values, so that none is an implausible jump, ms. */
const BASELINE_AGE_MS = 600_000;

/** A full tile of each patient, some of them with an open high alert. */
export async function sendBaseline(client: Client, { patients }: BenchWard): Promise<void> {
  for (let start = 0; start < patients.length; start += PER_BUNDLE) {
    const effectiveAt = new Date(Date.now() - BASELINE_AGE_MS).toISOString();
    const some = patients.slice(start, start + PER_BUNDLE);
    const samples = some.flatMap((patient, n) =>
      VITALS.map(([code, unit, usual]) => {
        const isShort = code === 'oxygen-saturation' && (start + n) % SICK_EVERY === 0;
        return { patient, code, unit, value: isShort ? 82 : usual, effectiveAt };
      }),
    );
    await mustAccept(client, samples);
  }
}

const PER_SECOND = 10;

/** A load that goes on until it is stopped. */
export interface Streaming {
  /** Samples that were accepted. */
  readonly sent: number;
  stop(): Promise<void>;
}

/** One heart rate of each patient each second, in ten requests spread over the second, as a gateway sends them: whether or not earlier ones were answered. */
export function streamWard(client: Client, { patients }: BenchWard): Streaming {
  const perRequest = Math.ceil(patients.length / PER_SECOND);
  const state = { sent: 0, isStopped: false };
  const pending = new Set<Promise<void>>();
  const send = async (round: number): Promise<void> => {
    const part = round % PER_SECOND;
    const some = patients.slice(part * perRequest, (part + 1) * perRequest);
    const effectiveAt = new Date().toISOString();
    const second = Math.floor(round / PER_SECOND);
    const samples = some.map((patient, n) => ({
      patient,
      code: 'heart-rate',
      unit: '/min',
      value: 68 + ((second * 3 + n * 7 + part) % 11),
      effectiveAt,
    }));
    await mustAccept(client, samples);
    state.sent += samples.length;
  };
  const running = (async () => {
    const from = performance.now();
    for (let round = 0; !state.isStopped; round += 1) {
      const wait = from + (round * 1000) / PER_SECOND - performance.now();
      if (wait > 1) await pause(wait);
      const one: Promise<void> = send(round).finally(() => pending.delete(one));
      pending.add(one);
    }
    await Promise.all(pending);
  })();
  return {
    get sent() {
      return state.sent;
    },
    stop: () => {
      state.isStopped = true;
      return running;
    },
  };
}

export async function mustAccept(client: Client, samples: readonly unknown[]): Promise<void> {
  const answer = await client.samples<{ accepted: number }>(samples);
  if (answer.status !== 202 || answer.body.accepted !== samples.length)
    throw new Error(`samples: ${answer.status} ${JSON.stringify(answer.body).slice(0, 500)}`);
}
