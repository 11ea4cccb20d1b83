import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppProcess, Client, freePort } from '../test/support/system.js';
import { WebhookReceiver } from '../test/support/webhook-receiver.js';
import { machine, percentile } from './machine.js';
import { createPatients } from './phases.js';

/**
 * `npm run bench:first-alert`: everything in one process on the embedded default. How long the first alert after a start takes
 * from the request to the webhook, against the hundredth. Patients and webhook are there from an earlier start, as after an
 * update; the only thing sent before the first alert is the login.
 */
const ALERTS = 100;
const STARTS = 3;

async function main(): Promise<void> {
  console.log(machine());
  const dataDir = mkdtempSync(join(tmpdir(), 'first-alert-'));
  const receiver = await WebhookReceiver.start();
  const env = { DATA_DIR: dataDir, MQTT_PORT: String(await freePort()) };
  try {
    await run(env, async (client) => {
      await client.api('POST', '/v1/webhooks', { url: receiver.url });
      for (let start = 0; start < STARTS; start += 1) await createPatients(client, `start${start}`, ALERTS);
    });
    for (let start = 0; start < STARTS; start += 1) {
      await run(env, async (client) => {
        const times: number[] = [];
        for (let index = 0; index < ALERTS; index += 1) {
          times.push(await alertTime(client, receiver, `start${start}-${index}`));
        }
        const late = percentile(times.slice(-50), 0.5);
        console.log(
          `start ${start + 1}: first ${round(times[0])} ms, second ${round(times[1])} ms, tenth ${round(times[9])} ms, ` +
            `hundredth ${round(times.at(-1))} ms, median of the last fifty ${round(late)} ms`,
        );
      });
    }
  } finally {
    await receiver.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function run(env: Readonly<Record<string, string>>, work: (client: Client) => Promise<void>): Promise<void> {
  const app = await AppProcess.start('all-in-one', env);
  const client = new Client({ api: app.url, fhir: app.url, wearable: app.url });
  try {
    await client.login();
    await work(client);
  } finally {
    await client.close();
    await app.stop();
  }
}

/** One glucose of 50 mg/dL of a patient, until its webhook has come. */
async function alertTime(client: Client, receiver: WebhookReceiver, patient: string): Promise<number> {
  const from = Date.now();
  const effectiveAt = new Date(from).toISOString();
  const sample = { patient, code: 'glucose', value: 50, unit: 'mg/dL', effectiveAt };
  const answer = await client.samples([sample]);
  if (answer.status !== 202) throw new Error(`the sample was answered ${answer.status}`);
  await receiver.waitFor((all) => all.some(({ data }) => data.patient === patient), 30_000);
  const got = receiver.received.find(({ data }) => data.patient === patient);
  await new Promise((resolve) => setTimeout(resolve, 50));
  return (got?.at ?? Number.NaN) - from;
}

function round(value: number | undefined): string {
  return value === undefined ? '-' : value.toFixed(0);
}

await main();
