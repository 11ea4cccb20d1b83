import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Client } from '../../test/support/system.js';
import { WebhookReceiver } from '../../test/support/webhook-receiver.js';
import { glucoseRecordings, rhythmRecordings, syntheaBundles, type Recording } from './recordings.js';

/**
 * Replays real recordings through the public API of a running system, `--speed` times faster than life, and prints what
 * went in, what came out, and how long it took. The recordings' last moment is put at the present, so that alerts are not late.
 *
 *   npm run real-input -- --data DIR --url http://127.0.0.1:3000 --client ID --secret SECRET [--speed 600] [--days 1] [--hours 2]
 */
const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: process.env['HOMEOSTAT_DATA'] ?? '../shared/data' },
    url: { type: 'string', default: 'http://127.0.0.1:3000' },
    fhir: { type: 'string' },
    wearable: { type: 'string' },
    client: { type: 'string', default: process.env['BOOTSTRAP_CLIENT_ID'] ?? '' },
    secret: { type: 'string', default: process.env['BOOTSTRAP_CLIENT_SECRET'] ?? '' },
    speed: { type: 'string', default: '600' },
    days: { type: 'string', default: '1' },
    hours: { type: 'string', default: '2' },
  },
});

const counts = { bundles: 0, bundlesRefused: 0, resources: 0, samples: 0, accepted: 0, rejected: 0 };
const refusals = new Map<string, number>();

async function main(): Promise<void> {
  if (!existsSync(options.data)) {
    console.log(`no recordings at ${options.data}: nothing was replayed (--data names the folder)`);
    return;
  }
  const client = new Client(
    { api: options.url, fhir: options.fhir ?? options.url, wearable: options.wearable ?? options.url },
    { id: options.client, secret: options.secret },
  );
  await client.login();
  const receiver = await WebhookReceiver.start();
  const hook = await client.api<{ id: string; secret: string }>('POST', '/v1/webhooks', { url: receiver.url });
  if (hook.status !== 201) throw new Error(`webhook: ${hook.status} ${JSON.stringify(hook.body)}`);
  receiver.secret = hook.body.secret;

  const from = performance.now();
  await sendBundles(client, syntheaBundles(options.data));
  const recordings = [
    ...glucoseRecordings(options.data, Number(options.days)),
    ...rhythmRecordings(options.data, Number(options.hours)),
  ];
  const sentAt = await sendRecordings(client, recordings, Number(options.speed));
  await settle(receiver);
  const seconds = (performance.now() - from) / 1000;

  await report(client, receiver, recordings, sentAt, seconds);
  await client.api('DELETE', `/v1/webhooks/${hook.body.id}`);
  await receiver.stop();
  await client.close();
}

async function sendBundles(client: Client, bundles: readonly string[]): Promise<void> {
  for (const bundle of bundles) {
    const answer = await client.fhir<{ entry?: unknown[]; issue?: { diagnostics?: string }[] }>('POST', '', bundle);
    if (answer.status === 200) {
      counts.bundles += 1;
      counts.resources += answer.body.entry?.length ?? 0;
    } else {
      counts.bundlesRefused += 1;
      for (const issue of answer.body.issue ?? []) count(issue.diagnostics ?? `status ${answer.status}`);
    }
  }
}

/** Plays all recordings at once; answers when each patient's newest request was sent, for the latencies. */
async function sendRecordings(
  client: Client,
  recordings: readonly Recording[],
  speed: number,
): Promise<Map<string, { effective: number; at: number }[]>> {
  const entry = recordings.map(({ name }) => ({
    fullUrl: `https://recordings.example/Patient/${name}`,
    resource: { resourceType: 'Patient', id: name, active: true },
    request: { method: 'PUT', url: `Patient/${name}` },
  }));
  const made = await client.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry });
  if (made.status !== 200) throw new Error(`patients: ${made.status} ${JSON.stringify(made.body)}`);
  const sent = new Map<string, { effective: number; at: number }[]>();
  const wallStart = Date.now();
  await Promise.all(
    recordings.map(async ({ name, steps }) => {
      const length = steps.at(-1)?.at ?? 0;
      const times: { effective: number; at: number }[] = [];
      sent.set(name, times);
      // Ends at the present of the moment the replay will be over.
      const zero = wallStart + (length * 1000) / speed - length * 1000;
      let next = 0;
      while (next < steps.length) {
        const until = ((Date.now() - wallStart) / 1000) * speed;
        const due = [];
        while (next < steps.length && (steps[next]?.at ?? 0) <= until && due.length < 200) due.push(steps[next++]);
        if (due.length === 0) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          continue;
        }
        const samples = due.flatMap((step) =>
          (step?.samples ?? []).map((sample) => ({
            ...sample,
            patient: name,
            effectiveAt: new Date(zero + (step?.at ?? 0) * 1000).toISOString(),
          })),
        );
        times.push({ effective: zero + (due.at(-1)?.at ?? 0) * 1000, at: Date.now() });
        await send(client, samples);
      }
    }),
  );
  return sent;
}

async function send(client: Client, samples: readonly unknown[]): Promise<void> {
  counts.samples += samples.length;
  for (;;) {
    const answer = await client.samples<{ accepted: number; rejected: { code: string }[] }>(samples);
    if (answer.status === 429) {
      await new Promise((resolve) => setTimeout(resolve, Number(answer.headers['retry-after'] ?? 1) * 1000));
      continue;
    }
    if (answer.status !== 202)
      throw new Error(`samples: ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`);
    counts.accepted += answer.body.accepted;
    counts.rejected += answer.body.rejected.length;
    for (const { code } of answer.body.rejected) count(code);
    return;
  }
}

/** Waits until no webhook has come for three seconds. */
async function settle(receiver: WebhookReceiver): Promise<void> {
  for (let seen = -1; seen !== receiver.received.length;) {
    seen = receiver.received.length;
    await new Promise((resolve) => setTimeout(resolve, 3000));
  }
}

function count(reason: string): void {
  refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
}

async function report(
  client: Client,
  receiver: WebhookReceiver,
  recordings: readonly Recording[],
  sentAt: Map<string, { effective: number; at: number }[]>,
  seconds: number,
): Promise<void> {
  const twins = await Promise.all(
    recordings.map(({ name }) => client.api<{ measures?: object; alerts?: unknown[] }>('GET', `/v1/twins/${name}`)),
  );
  const byRule = new Map<string, number>();
  const latencies: number[] = [];
  for (const { type, at, data } of receiver.distinct()) {
    const key = `${data.rule.id} ${type}`;
    byRule.set(key, (byRule.get(key) ?? 0) + 1);
    if (type !== 'alert.raised') continue;
    const newest = data.evidence.reduce((time, item) => Math.max(time, Date.parse(item.effectiveAt)), 0);
    const request = sentAt.get(data.patient)?.find(({ effective }) => effective >= newest);
    if (request !== undefined) latencies.push(at - request.at);
  }
  latencies.sort((a, b) => a - b);
  const rank = (part: number): string => `${latencies[Math.max(0, Math.ceil(part * latencies.length) - 1)] ?? '–'} ms`;
  console.log(`replayed in ${seconds.toFixed(1)} s at ×${options.speed}`);
  console.log(
    `in: ${counts.bundles} bundles (${counts.resources} entries), ${counts.bundlesRefused} refused; ${counts.samples} samples sent, ${counts.accepted} accepted, ${counts.rejected} rejected`,
  );
  for (const [reason, times] of refusals) console.log(`  refused: ${times} × ${reason}`);
  console.log(
    `twins: ${twins.filter((twin) => twin.status === 200).length} of ${recordings.length}, open alerts ${twins.reduce((sum, twin) => sum + (twin.body.alerts?.length ?? 0), 0)}`,
  );
  console.log(
    `webhooks: ${receiver.received.length} requests, ${receiver.distinct().length} messages, ${receiver.received.filter((message) => !message.signed).length} not signed`,
  );
  for (const [key, times] of [...byRule].sort(([a], [b]) => a.localeCompare(b))) console.log(`  ${times} × ${key}`);
  console.log(
    `sample to webhook (raised, n=${latencies.length}): p50 ${rank(0.5)}, p90 ${rank(0.9)}, p99 ${rank(0.99)}`,
  );
}

await main();
