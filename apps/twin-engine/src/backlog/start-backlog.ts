import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { SourceKeys } from '#libs/platform/storage';
import { Backlog, type BacklogDeps } from './backlog.js';
import type { Committed } from '../write/committed.js';

/** What the thread of the backlog lane reports. */
export type BacklogMessage =
  | { readonly kind: 'committed'; readonly committed: Committed }
  | { readonly kind: 'problem'; readonly reason: string; readonly records: number };

export interface BacklogLane {
  /** Records were deferred. */
  wake(): void;
  stop(): Promise<void>;
}

/** The heap of the thread. What goes beyond ends the thread and not the process, and it is started again. */
const HEAP_MB = 1_024;
const RESTART_AFTER_MS = 1_000;
/** Without a thread of its own a lane gives way to live data after this long. */
const SLICE_MS = 10;

const PROGRAM = new URL('./backlog-thread.js', import.meta.url);

/**
 * Starts the backlog lane in a thread of its own. Where the thread's program is not compiled (sources run as they are, in tests) it runs
 * in this thread.
 */
export function startBacklog(
  deps: Omit<BacklogDeps, 'sliceMs' | 'sources'> & { readonly databaseUrl: string | undefined },
): BacklogLane {
  const { databaseUrl } = deps;
  if (databaseUrl === undefined || !existsSync(fileURLToPath(PROGRAM))) {
    const backlog = new Backlog({ ...deps, sources: new SourceKeys(), sliceMs: SLICE_MS });
    backlog.wake();
    return backlog;
  }
  return new BacklogThread(databaseUrl, deps);
}

class BacklogThread implements BacklogLane {
  private worker: Worker | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopping: (() => void) | undefined;
  private isStopped = false;

  constructor(
    private readonly databaseUrl: string,
    private readonly deps: Pick<BacklogDeps, 'onCommitted' | 'onProblem'>,
  ) {
    this.start();
  }

  wake(): void {
    this.worker?.postMessage('wake');
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    const { worker } = this;
    if (worker === undefined) return;
    const ended = new Promise<void>((resolve) => (this.stopping = resolve));
    worker.postMessage('stop');
    await ended;
  }

  private start(): void {
    const worker = new Worker(PROGRAM, {
      workerData: { databaseUrl: this.databaseUrl },
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    this.worker = worker;
    worker.on('message', (message: BacklogMessage) => {
      if (message.kind === 'committed') this.deps.onCommitted(message.committed);
      else this.deps.onProblem(message);
    });
    worker.on('error', (error) => {
      this.deps.onProblem({ reason: `the backlog lane ended and starts again: ${error.message}`, records: 0 });
    });
    worker.on('exit', () => {
      this.worker = undefined;
      this.stopping?.();
      if (!this.isStopped) this.timer = setTimeout(() => this.start(), RESTART_AFTER_MS);
    });
  }
}
