import type { Provider } from '@nestjs/common';
import { JobRunner, type Platform } from '#libs/platform/runtime';
import { ModelJobs, ScenarioStore, type ClaimedModelJob } from '#libs/platform/storage';
import { Fits } from './parameters/fits.js';
import { Refits } from './parameters/refits.js';
import { Decisions } from './proposals/decisions.js';
import { Proposals } from './proposals/proposals.js';
import { ShownProposals } from './proposals/shown-proposals.js';
import { Therapies } from './proposals/therapies.js';
import { Batches } from './scenarios/batches.js';
import { Scenarios } from './scenarios/scenarios.js';
import { ModelThreads } from './simulation/model-threads.js';

/** A job that ended so often with its process is not tried again. */
const MAX_ATTEMPTS = 5;
const FAILED = JSON.stringify({ status: 'failed' });

/** Scenarios, parameters and proposals: what is computed from the state of a twin, and never changes it. */
export function whatIf({ pool, logger, metrics }: Platform): Provider[] {
  const now = Date.now;
  const threads = new ModelThreads(metrics);
  const store = new ScenarioStore(pool);
  const jobs = new ModelJobs(pool);
  const onAdded = (): void => runner.look();
  const scenarios = new Scenarios({ pool, store, threads, now });
  const batches = new Batches({ jobs, scenarios, onAdded, now });
  const fits = new Fits({ pool, jobs, threads, onAdded, now });
  const therapies = new Therapies(pool, now);
  const runner = new JobRunner<ClaimedModelJob>({
    jobs,
    run: async (job) => {
      if (job.attempt > MAX_ATTEMPTS) await jobs.finish(job, FAILED);
      else await (job.kind === 'fit' ? fits.run(job) : batches.run(job));
    },
    onProblem: (error) => logger.error({ err: error }, 'a job of a model failed'),
  });
  const refits = new Refits({
    pool,
    fits,
    onProblem: (error) => logger.warn({ err: error }, 'fits that are due were not asked for'),
  });
  return [
    { provide: ModelThreads, useValue: threads },
    { provide: Scenarios, useValue: scenarios },
    { provide: Batches, useValue: batches },
    { provide: Fits, useValue: fits },
    { provide: Refits, useValue: refits },
    { provide: JobRunner, useValue: runner },
    { provide: Therapies, useValue: therapies },
    { provide: Proposals, useValue: new Proposals({ pool, scenarios: store, therapies, threads, now }) },
    { provide: Decisions, useValue: new Decisions(pool, now) },
    { provide: ShownProposals, useValue: new ShownProposals({ pool, scenarios, now }) },
  ];
}
