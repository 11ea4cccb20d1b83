import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { measureByName } from '#libs/domain/quantities';
import { recordUntil } from '../apps/twin-api/src/simulation/pump-record.fixture.js';
import { AppProcess, Client, freePort } from '../test/support/system.js';
import { machine, percentile } from './machine.js';
import { createPatients } from './phases.js';

/**
 * `npm run bench:what-if`: what whoever asks a scenario waits for, everything in one process on the embedded default: 6 h, 100 draws, two arms, one request
 * after the other, each with another seed; with the parameters of the population, and with those of a fit of 14 days.
 */
const RUNS = 100;
const WARM_UP = 5;
const DAYS = 14;
const MINUTE = 60_000;
const BODY = {
  minutes: 360,
  draws: 100,
  arms: [{ name: 'as it is' }, { name: '30 % less', changes: [{ kind: 'scale', of: 'insulin-bolus', by: 0.7 }] }],
};

interface Fit {
  readonly url: string;
  readonly status: string;
  readonly version?: number;
}

async function main(): Promise<void> {
  console.log(machine());
  console.log(`load at the start ${loadavg()[0]!.toFixed(1)}`);
  const dataDir = mkdtempSync(join(tmpdir(), 'what-if-'));
  const app = await AppProcess.start('all-in-one', { DATA_DIR: dataDir, MQTT_PORT: String(await freePort()) });
  const client = new Client({ api: app.url, fhir: app.url, wearable: app.url });
  try {
    await client.login();
    const patient = (await createPatients(client, 'pump', 1))[0]!;
    const newest = Math.floor(Date.now() / MINUTE) * MINUTE;
    await sendRecord(client, patient, newest);
    const path = `/v1/twins/${patient}`;
    const from = new Date(newest - 70 * MINUTE).toISOString();
    console.log(line('population', await timesOf(client, `${path}/scenarios`, from)));
    console.log(await fit(client, path));
    console.log(line(`fitted to ${DAYS} days`, await timesOf(client, `${path}/scenarios`, from)));
  } finally {
    await client.close();
    await app.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function sendRecord(client: Client, patient: string, newest: number): Promise<void> {
  const samples = recordUntil(newest, DAYS).map(({ code, t, x }) => ({
    patient,
    code,
    value: x,
    unit: measureByName(code)!.unit,
    effectiveAt: new Date(t).toISOString(),
  }));
  const { status } = await client.samples(samples);
  if (status !== 202) throw new Error(`the samples were answered ${status}`);
  await until(async () => {
    const { body } = await client.api<{ asOf: string | null }>('GET', `/v1/twins/${patient}`);
    return body.asOf !== null && Date.parse(body.asOf) === newest;
  });
}

async function timesOf(client: Client, path: string, from: string): Promise<readonly number[]> {
  const times: number[] = [];
  for (let run = 0; run < RUNS + WARM_UP; run += 1) {
    const began = performance.now();
    const { status, body } = await client.api('POST', path, { ...BODY, from, seed: run });
    if (status !== 200) throw new Error(`a scenario was answered ${status} ${JSON.stringify(body)}`);
    if (run >= WARM_UP) times.push(performance.now() - began);
  }
  return times;
}

async function fit(client: Client, path: string): Promise<string> {
  const began = performance.now();
  let { body } = await client.api<Fit>('POST', `${path}/parameters/fit`, {});
  await until(async () => {
    ({ body } = await client.api<Fit>('GET', body.url));
    return body.status === 'completed';
  });
  if (body.version === undefined) throw new Error(`nothing was fitted: ${JSON.stringify(body)}`);
  const milliseconds = performance.now() - began;
  await until(async () => (await client.api<Fit>('GET', `${path}/parameters`)).body.version === body.version);
  return `fit of ${DAYS} days as a job: ${milliseconds.toFixed(0)} ms until it was seen to be done`;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1200; tries += 1) {
    if (await isSo()) return;
    await sleep(50);
  }
  throw new Error('it did not come to be within a minute');
}

function line(title: string, times: readonly number[]): string {
  const at = (part: number): string => percentile(times, part).toFixed(0);
  return `scenario, ${title}: ${at(0.5)} ms median, ${at(0.95)} ms p95, ${at(1)} ms at most (${times.length} requests)`;
}

await main();
