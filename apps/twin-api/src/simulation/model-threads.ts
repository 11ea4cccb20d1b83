import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { OnApplicationShutdown } from '@nestjs/common';
import { Piscina } from 'piscina';
import { Problem } from '#libs/platform/http';
import type { Metrics } from '#libs/platform/telemetry';
import { compute, type Computed, type ModelTask } from './model-tasks.js';

const PROGRAM = new URL('./model-thread.js', import.meta.url);
/** Requests that wait for a thread; more are answered 503. */
const MAX_WAITING = 64;
const IDLE_MS = 60_000;
const HEAP_MB = 512;
const RETRY_AFTER_SECONDS = 2;
const BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * Threads for models, so that no simulation holds up the event loop. Somebody waits for an answer in one pool; fits and batches have a thread of their own.
 * Where the program of the threads is not compiled (sources run as they are, in tests) it runs in this thread.
 */
export class ModelThreads implements OnApplicationShutdown {
  private readonly live: Piscina | undefined;
  private readonly later: Piscina | undefined;
  private readonly seconds: ReturnType<Metrics['histogram']>;

  constructor(metrics: Pick<Metrics, 'histogram'>) {
    this.seconds = metrics.histogram(
      'homeostat_model_seconds',
      'What simulations and fits took, with the time they waited for a thread',
      BUCKETS,
      ['task'],
    );
    if (!existsSync(fileURLToPath(PROGRAM))) return;
    // One thread is there before the first request, which would otherwise wait for its start.
    this.live = poolOf(1, Math.max(1, Math.min(4, availableParallelism() - 1)));
    this.later = poolOf(0, 1);
  }

  /** Computes while somebody waits. @throws Problem 503 `simulator-busy` when too many wait */
  now<Task extends ModelTask>(task: Task): Promise<Computed[Task['kind']]> {
    return this.timed(this.live, task);
  }

  /** Computes for a job, after other jobs. */
  forJob<Task extends ModelTask>(task: Task): Promise<Computed[Task['kind']]> {
    return this.timed(this.later, task);
  }

  private async timed<Task extends ModelTask>(pool: Piscina | undefined, task: Task): Promise<Computed[Task['kind']]> {
    const stop = this.seconds.startTimer({ task: task.kind });
    try {
      return await run(pool, task);
    } finally {
      stop();
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.live?.destroy(), this.later?.destroy()]);
  }
}

function poolOf(minThreads: number, maxThreads: number): Piscina {
  return new Piscina({
    filename: fileURLToPath(PROGRAM),
    minThreads,
    maxThreads,
    maxQueue: MAX_WAITING,
    idleTimeout: IDLE_MS,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
}

/**
 * Runs a task in a pool; in this thread where there is none.
 *
 * @throws Problem 503 `simulator-busy` when as many wait as may
 */
export async function run<Task extends ModelTask>(
  pool: Pick<Piscina, 'queueSize' | 'run'> | undefined,
  task: Task,
): Promise<Computed[Task['kind']]> {
  if (pool === undefined) return compute(task as never) as Computed[Task['kind']];
  if (pool.queueSize >= MAX_WAITING)
    throw new Problem(503, 'simulator-busy', 'too many simulations wait; try again', [], {
      'retry-after': String(RETRY_AFTER_SECONDS),
    });
  return (await pool.run(task)) as Computed[Task['kind']];
}
