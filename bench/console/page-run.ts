import type { Browser, CDPSession, Page } from 'playwright-core';
import type { Client } from '../../test/support/system.js';
import { pause } from '../phases.js';
import { traceMainThread, type MainThreadTask, type Trace } from './main-thread.js';
import { patientsInView, valueShown } from './on-screen.js';
import { mustAccept } from './ward.js';

/** The heap of the page after garbage was collected. */
interface HeapReading {
  readonly seconds: number;
  readonly megabytes: number;
}

/** What was seen of an open ward while values came. */
export interface PageRun {
  readonly tasks: readonly MainThreadTask[];
  readonly paints: number;
  readonly heap: readonly HeapReading[];
  /** CPU of the page's process, as a part of one core. */
  readonly rendererCores: number;
  /** From the POST of a sample until its value was painted, ms. */
  readonly shownAfterMs: readonly number[];
  /** Probes whose value was not shown within 10 s. */
  readonly notShown: number;
}

const PROBE_EVERY_MS = 2_000;
/** So many tiles take turns. */
const PROBED = 6;

/** Looks at an open ward for `seconds`, beside a load that somebody else sends. */
export async function watchPage(browser: Browser, page: Page, client: Client, seconds: number): Promise<PageRun> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('HeapProfiler.enable');
  const subjects = (await patientsInView(page)).slice(0, PROBED);
  const trace = await traceMainThread(browser, page);
  const cpuFrom = await rendererSeconds(browser);
  const from = performance.now();
  const elapsed = (): number => (performance.now() - from) / 1000;
  const heap: HeapReading[] = [];
  const heapAt = [0.25, 0.5, 0.75, 1].map((part) => part * seconds);
  const shown: (number | undefined)[] = [];
  const probing = (async () => {
    for (let n = 0; elapsed() < seconds - 2; n += 1) {
      const due = from + n * PROBE_EVERY_MS + ((n * 377) % 1000);
      await pause(Math.max(0, due - performance.now()));
      shown.push(await probe(page, client, subjects[n % subjects.length] ?? '', n));
    }
  })();
  for (const at of heapAt) {
    await pause(Math.max(0, (at - elapsed()) * 1000));
    heap.push({ seconds: at, megabytes: await heapAfterCollection(cdp, trace) });
  }
  await probing;
  const took = elapsed();
  const { tasks, paints } = await trace.end();
  const rendererCores = ((await rendererSeconds(browser)) - cpuFrom) / took;
  await cdp.detach();
  const shownAfterMs = shown.filter((ms) => ms !== undefined);
  return { tasks, paints, heap, rendererCores, shownAfterMs, notShown: shown.length - shownAfterMs.length };
}

/** A temperature that the load does not send, another one each time. */
async function probe(page: Page, client: Client, patient: string, n: number): Promise<number | undefined> {
  const value = Math.round((36.2 + ((n * 7) % 10) / 10) * 10) / 10;
  const seen = valueShown(page, patient, String(value));
  const sent = Date.now();
  await mustAccept(client, [
    { patient, code: 'body-temperature', unit: 'Cel', value, effectiveAt: new Date(sent).toISOString() },
  ]);
  const at = await seen;
  return at === undefined ? undefined : at - sent;
}

async function heapAfterCollection(cdp: CDPSession, trace: Trace): Promise<number> {
  await trace.leaveOut(() => cdp.send('HeapProfiler.collectGarbage'));
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  return usedSize / 1_000_000;
}

/** CPU-seconds of all pages' processes. */
async function rendererSeconds(browser: Browser): Promise<number> {
  const cdp = await browser.newBrowserCDPSession();
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
  await cdp.detach();
  return processInfo.filter(({ type }) => type === 'renderer').reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}
