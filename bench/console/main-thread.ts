import type { Browser, Page } from 'playwright-core';

/** Times by the clock of the trace, which is that of `process.hrtime` on Linux, µs. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** A task of the page's main thread. */
export interface MainThreadTask {
  /** When it began, µs of the trace. */
  readonly at: number;
  /** CPU time of the thread, ms: others on the machine do not make it longer. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** What took most CPU of it, of what the trace names. */
  readonly mostly: string;
}

/** What the main thread did while it was traced. */
export interface MainThread {
  readonly tasks: readonly MainThreadTask[];
  /** How often it painted. */
  readonly paints: number;
}

interface TraceEvent {
  readonly name: string;
  readonly cat: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: {
    readonly name?: string;
    readonly data?: { readonly type?: string; readonly functionName?: string };
  };
}

const CATEGORIES = ['-*', 'devtools.timeline', 'devtools.timeline.frame', 'disabled-by-default-devtools.timeline'];

/** Traces a page until the returned function is called. */
export async function traceMainThread(browser: Browser, page: Page): Promise<Trace> {
  await browser.startTracing(page, { categories: CATEGORIES });
  return new Trace(browser);
}

/** A trace that runs. */
export class Trace {
  private readonly leftOut: Span[] = [];

  constructor(private readonly browser: Browser) {}

  /** What the bench itself has the page do is no part of the figures. */
  async leaveOut<T>(work: () => Promise<T>): Promise<T> {
    const from = nowMicros();
    try {
      return await work();
    } finally {
      this.leftOut.push({ from, to: nowMicros() });
    }
  }

  async end(): Promise<MainThread> {
    const text = (await this.browser.stopTracing()).toString();
    const { traceEvents } = JSON.parse(text) as { traceEvents: readonly TraceEvent[] };
    return mainThreadOf(traceEvents, this.leftOut);
  }
}

function nowMicros(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/** Of the renderer that has used most CPU: the others are spare. */
function mainThreadOf(events: readonly TraceEvent[], leftOut: readonly Span[]): MainThread {
  const mainThreads = new Set(
    events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(placeOf),
  );
  const byThread = Map.groupBy(
    events.filter((one) => one.ph === 'X' && mainThreads.has(placeOf(one))),
    placeOf,
  );
  const cpuOf = (some: readonly TraceEvent[]): number =>
    some.filter(isTask).reduce((sum, { tdur = 0 }) => sum + tdur, 0);
  const [own = []] = [...byThread.values()].sort((a, b) => cpuOf(b) - cpuOf(a));
  const inOrder = own.toSorted((a, b) => a.ts - b.ts);
  const isOurs = ({ ts }: TraceEvent): boolean => leftOut.some(({ from, to }) => ts >= from && ts <= to);
  const tasks = inOrder.filter((one) => isTask(one) && !isOurs(one)).map((one) => taskOf(one, inOrder));
  return { tasks, paints: own.filter(({ name }) => name === 'Paint').length };
}

function placeOf({ pid, tid }: TraceEvent): string {
  return `${pid}/${tid}`;
}

function isTask({ name }: TraceEvent): boolean {
  return name === 'RunTask' || name === 'ThreadControllerImpl::RunTask';
}

/** Shorter ones are not looked into, ms. */
const NAMED_FROM_MS = 20;

function taskOf({ ts, dur = 0, tdur = 0 }: TraceEvent, inOrder: readonly TraceEvent[]): MainThreadTask {
  const cpuMs = tdur / 1000;
  const inside =
    cpuMs < NAMED_FROM_MS ? [] : inOrder.filter((one) => !isTask(one) && one.ts >= ts && one.ts < ts + dur);
  const named = inside
    .toSorted((a, b) => (b.tdur ?? 0) - (a.tdur ?? 0))
    .slice(0, 3)
    .map(
      ({ name, tdur: own = 0, args }) =>
        `${name}${args?.data?.functionName ? ` ${args.data.functionName}` : ''} ${(own / 1000).toFixed(0)}`,
    );
  return { at: ts, cpuMs, wallMs: dur / 1000, mostly: named.join(', ') };
}
