import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';

export interface JobRunnerDeps<Job extends { readonly tenant: number }> {
  readonly jobs: {
    claim(limit: number): Promise<readonly Job[]>;
    renew(tenant: number, job: Job): Promise<boolean>;
  };
  /** Does a job and keeps its answer; never rejects for what the job asks. */
  readonly run: (job: Job) => Promise<void>;
  readonly onProblem: (error: unknown) => void;
}

/** Jobs that one process runs at a time: they share its connections with requests that somebody waits for. */
const MAX_RUNNING = 2;
const LOOK_EVERY_MS = 1_000;
const RENEW_EVERY_MS = 10_000;

/** Runs the jobs that are due, also those of processes that have ended; starts and stops with the process. */
export class JobRunner<Job extends { readonly tenant: number }>
  implements OnApplicationBootstrap, OnApplicationShutdown
{
  private readonly running = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private isStopping = false;

  constructor(private readonly deps: JobRunnerDeps<Job>) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    this.timer.unref();
    this.look();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.timer);
    await this.looking;
    await Promise.all(this.running);
  }

  /** Looks now, because there is a new job; else every second. */
  look(): void {
    if (this.isStopping || this.looking !== undefined || this.running.size >= MAX_RUNNING) return;
    this.looking = this.take()
      .catch(this.deps.onProblem)
      .finally(() => {
        this.looking = undefined;
      });
  }

  private async take(): Promise<void> {
    for (const job of await this.deps.jobs.claim(MAX_RUNNING - this.running.size)) {
      const run: Promise<void> = this.run(job).finally(() => {
        this.running.delete(run);
        this.look();
      });
      this.running.add(run);
    }
  }

  private async run(job: Job): Promise<void> {
    const { jobs, onProblem } = this.deps;
    const timer = setInterval(() => void jobs.renew(job.tenant, job).catch(onProblem), RENEW_EVERY_MS);
    try {
      await this.deps.run(job);
    } catch (error) {
      // Another attempt follows when the lease has ended.
      onProblem(error);
    } finally {
      clearInterval(timer);
    }
  }
}
