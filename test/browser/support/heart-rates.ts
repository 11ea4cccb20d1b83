import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Client } from '../../support/system.js';

const MINUTE = 60_000;

export interface HeartRates {
  /** Time of the newest value, ms. */
  readonly newest: number;
  /** A value that its sender calls doubtful, ms. */
  readonly doubtful: number;
  /** From the last value before a hole to the first one after it, ms. */
  readonly hole: readonly [number, number];
}

/** A patient with a name and a record number, and an hour of heart rates, one a minute, with a hole of 20 min and a doubtful value. */
export async function sendHeartRates(client: Client, patient: string, family: string): Promise<HeartRates> {
  const newest = Math.floor(Date.now() / MINUTE) * MINUTE;
  const rows = Array.from({ length: 60 }, (_, minute) => minute).filter((minute) => minute < 20 || minute > 39);
  await must(
    client.fhir('PUT', `/Patient/${patient}`, {
      resourceType: 'Patient',
      id: patient,
      name: [{ use: 'official', given: ['Ada'], family }],
      identifier: [{ type: { coding: [{ code: 'MR' }] }, system: 'urn:mr', value: `MR-${patient}` }],
      birthDate: '1970-01-02',
      gender: 'female',
    }),
  );
  await must(
    client.samples(
      rows.map((back) => ({
        patient,
        code: 'heart-rate',
        value: 70 + (back % 5),
        unit: '/min',
        effectiveAt: new Date(newest - back * MINUTE).toISOString(),
        ...(back === 5 ? { quality: { status: 'doubtful', reasons: ['motion'] } } : {}),
      })),
    ),
  );
  await applied(client, patient, newest);
  return { newest, doubtful: newest - 5 * MINUTE, hole: [newest - 40 * MINUTE, newest - 19 * MINUTE] };
}

/** Waits until the twin has the value of a time. */
export async function applied(client: Client, patient: string, newest: number, code = 'heart-rate'): Promise<void> {
  for (const deadline = Date.now() + 20_000; ; await sleep(100)) {
    const { body } = await client.api<{ measures?: Record<string, { effectiveAt: string }> }>(
      'GET',
      `/v1/twins/${patient}`,
    );
    if (Date.parse(body.measures?.[code]?.effectiveAt ?? '') >= newest) return;
    if (Date.now() > deadline) throw new Error(`it was not applied: ${JSON.stringify(body).slice(0, 400)}`);
  }
}

/** As if all that is known had been recorded that many minutes earlier: there is a time to go back to. */
export async function recordedEarlier(databaseUrl: string, minutes: number): Promise<void> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  try {
    await pool.query(`UPDATE measurements SET recorded_at = recorded_at - make_interval(mins => $1)`, [minutes]);
    await pool.query(`UPDATE twins SET created_at = created_at - make_interval(mins => $1)`, [minutes]);
  } finally {
    await pool.end();
  }
}

async function must(asked: ReturnType<Client['api']>): Promise<void> {
  const { status, body } = await asked;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body).slice(0, 600)}`);
}
