import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { WebhookReceiver } from '../../test/support/webhook-receiver.js';
import { busySeconds, machine, percentile } from '../machine.js';
import { pause } from '../phases.js';
import { startConsoleSystem, type ConsoleSystem } from './console-system.js';
import { freshContext, viewWard, type SignedInState, type View } from './first-views.js';
import { firstView } from './on-screen.js';
import { watchPage } from './page-run.js';
import { printBlocks, printRun, printRuns, printViews } from './report.js';
import { admitWard, sendBaseline, streamWard, type BenchWard } from './ward.js';
import { saturated, steady, type Measured } from './with-and-without.js';

/**
 * `npm run bench:console`: the product in one process, a ward of 500 patients, a browser. What opening the ward costs, what 500 values a second
 * cost its page, and what one open console costs the server.
 */
const { values: options } = parseArgs({
  options: {
    patients: { type: 'string', default: '500' },
    runs: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '60' },
    views: { type: 'string', default: '5' },
    blocks: { type: 'string', default: '8' },
    'block-seconds': { type: 'string', default: '12' },
    'block-requests': { type: 'string', default: '500' },
    /** Parts, with commas between. */
    only: { type: 'string', default: 'throughput,views,page,latency' },
    /** Folder for a CPU profile of the server. */
    profile: { type: 'string' },
    waterfall: { type: 'boolean', default: false },
  },
});
const PARTS = new Set(options.only.split(','));

async function main(): Promise<void> {
  console.log(machine());
  const receiver = await WebhookReceiver.start();
  const system = await startConsoleSystem(options.profile);
  const pool = new pg.Pool({ connectionString: system.databaseUrl, max: 2 });
  console.log(`Chromium ${system.browser.version()}, PostgreSQL and everything else on this machine`);
  try {
    const measured: Measured = { ...system, pool };
    await system.client.api('POST', '/v1/webhooks', { url: receiver.url });
    const ward = await admitWard(system.client, Number(options.patients));
    if (PARTS.has('throughput')) await throughput(measured, ward);
    await sendBaseline(system.client, ward);
    await pause(3_000);
    if (PARTS.has('views') || PARTS.has('page')) await inBrowser(system, ward);
    if (PARTS.has('latency')) await latency(measured, ward, receiver);
  } finally {
    await pool.end();
    await system.stop();
    await receiver.stop();
  }
}

async function throughput(measured: Measured, ward: BenchWard): Promise<void> {
  const load = { blocks: Number(options.blocks), requests: Number(options['block-requests']) };
  // The first values of a patient cost more than those that follow.
  await saturated(measured, ward, { blocks: 1, requests: load.requests });
  const blocks = await withLoad('as many samples as it takes', () => saturated(measured, ward, load));
  printBlocks('samples/s', blocks, ({ perSecond }) => perSecond);
}

async function latency(measured: Measured, ward: BenchWard, receiver: WebhookReceiver): Promise<void> {
  const load = { blocks: Number(options.blocks), seconds: Number(options['block-seconds']) };
  const blocks = await withLoad('alerts beside a steady load', () => steady(measured, ward, receiver, load));
  printBlocks('sample to webhook, median, ms', blocks, ({ latencies }) => percentile(latencies, 0.5));
  printBlocks('sample to webhook, p90, ms', blocks, ({ latencies }) => percentile(latencies, 0.9));
}

async function inBrowser(system: ConsoleSystem, ward: BenchWard): Promise<void> {
  const state = await system.signIn();
  if (PARTS.has('views')) await withLoad('views, nothing else going on', () => views(system, state, 'quiet'));
  const streaming = streamWard(system.client, ward);
  await pause(3_000);
  if (PARTS.has('views')) await withLoad('views while values come', () => views(system, state, 'live'));
  if (PARTS.has('page')) {
    const runs = [];
    for (let run = 0; run < Number(options.runs); run += 1) {
      const context = await freshContext(system.browser, state);
      const page = await context.newPage();
      await page.goto(`${system.url}/console/`);
      await firstView(page);
      await pause(5_000);
      const one = await withLoad(`page, run ${run + 1}`, () =>
        watchPage(system.browser, page, system.client, Number(options.seconds)),
      );
      printRun(one);
      runs.push(one);
      await context.close();
    }
    printRuns(runs);
  }
  await streaming.stop();
  await pause(1_000);
}

/** First views of browsers that have nothing cached, and later ones of one that has. */
async function views({ browser, url }: ConsoleSystem, state: SignedInState, name: string): Promise<void> {
  const count = Number(options.views);
  const cold: View[] = [];
  const warm: View[] = [];
  for (let n = 0; n < count; n += 1) {
    const context = await freshContext(browser, state);
    cold.push(await viewWard(context, url));
    await context.close();
  }
  const context = await freshContext(browser, state);
  // Scripts are kept compiled by a browser that has met them a few times.
  for (let n = 0; n < 2; n += 1) await viewWard(context, url);
  for (let n = 0; n < count; n += 1) warm.push(await viewWard(context, url));
  await context.close();
  printViews(`${name}, nothing cached`, cold, options.waterfall);
  printViews(`${name}, warm`, warm, options.waterfall);
}

/** Says how busy the machine was meanwhile, with all that the bench itself did. */
async function withLoad<T>(name: string, work: () => Promise<T>): Promise<T> {
  const [from, busyFrom] = [performance.now(), busySeconds()];
  const done = await work();
  const seconds = (performance.now() - from) / 1000;
  const cores = (busySeconds() - busyFrom) / seconds;
  console.log(`-- ${name}: ${seconds.toFixed(0)} s, ${cores.toFixed(2)} cores busy, load ${loadavg()[0]?.toFixed(1)}`);
  return done;
}

await main();
