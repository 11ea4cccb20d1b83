import { v7 as uuid } from 'uuid';
import type { Scenario, ScenarioAsked, ScenarioBatch, ScenarioBatchAsked } from '#libs/contracts';
import { planScenario } from '#libs/domain/scenarios';
import { notFound, Problem } from '#libs/platform/http';
import type { ClaimedModelJob, ModelJobs } from '#libs/platform/storage';
import { invalid } from '../simulation/refusals.js';
import type { Scenarios } from './scenarios.js';

export interface BatchesDeps {
  readonly jobs: ModelJobs;
  readonly scenarios: Pick<Scenarios, 'runLater' | 'refuseModel'>;
  readonly onAdded: () => void;
  /** ms since 1970 */
  readonly now: () => number;
}

/** Jobs of a tenant that are not done. */
export const MAX_JOBS = 20;
/** Points that the answer to a batch holds; of larger ones each scenario is asked for by its id. */
const MAX_POINTS = 20_000;

/** Scenarios of many patients: a job that outlives its process. */
export class Batches {
  constructor(private readonly deps: BatchesDeps) {}

  /** @throws Problem 400, 422, 429 */
  async start(
    { tenant, client }: { readonly tenant: number; readonly client: string },
    request: ScenarioBatchAsked,
  ): Promise<ScenarioBatch> {
    const { patients, ...asked } = request;
    const now = this.deps.now();
    this.deps.scenarios.refuseModel(asked.model);
    const plan = planScenario(asked, { now, known: now });
    if (!('arms' in plan)) throw invalid(plan);
    // All patients branch at the same time, whenever their turn comes.
    const from = new Date(plan.from).toISOString();
    const body = JSON.stringify({
      patients: [...new Set(patients)],
      asked: { ...asked, from, stepMinutes: plan.stepMinutes },
    });
    const job = { tenant, id: uuid(), kind: 'scenario-batch', client, patient: '', request: body } as const;
    const id = await this.deps.jobs.add(job, MAX_JOBS);
    if (id === undefined) throw tooManyJobs();
    this.deps.onAdded();
    return { id, url: urlOf(id), status: 'waiting' };
  }

  async find(tenant: number, id: string): Promise<ScenarioBatch> {
    const state = await this.deps.jobs.find(tenant, 'scenario-batch', id);
    if (state === undefined) throw notFound('the batch');
    if (state.status !== 'done' || state.answer === null)
      return { id, url: urlOf(id), status: state.status === 'running' ? 'running' : 'waiting' };
    const answer = JSON.parse(state.answer) as Pick<ScenarioBatch, 'status' | 'items'>;
    return { id, url: urlOf(id), ...answer };
  }

  async run(job: ClaimedModelJob): Promise<void> {
    const { patients, asked } = JSON.parse(job.request) as {
      readonly patients: readonly string[];
      readonly asked: ScenarioAsked & { readonly stepMinutes: number };
    };
    const points = patients.length * asked.arms.length * Math.ceil(asked.minutes / asked.stepMinutes);
    const items: NonNullable<ScenarioBatch['items']> = [];
    for (const patient of patients) {
      const outcome = await this.deps.scenarios.runLater({ tenant: job.tenant, client: job.client, patient }, asked);
      if ('kind' in outcome) items.push({ patient, refused: { reason: outcome.reason, message: outcome.message } });
      else items.push({ patient, scenario: points > MAX_POINTS ? withoutPoints(outcome) : outcome });
    }
    await this.deps.jobs.finish(job, JSON.stringify({ status: 'completed', items }));
  }
}

export function tooManyJobs(): Problem {
  return new Problem(429, 'too-many-jobs', `${MAX_JOBS} jobs of this tenant are not done yet; try again`, [], {
    'retry-after': '5',
  });
}

function urlOf(id: string): string {
  return `/v1/scenarios/batch/${id}`;
}

function withoutPoints(scenario: Scenario): Scenario {
  return {
    ...scenario,
    arms: scenario.arms.map((arm) => ({ ...arm, points: [] })),
    differences: scenario.differences.map((difference) => ({ ...difference, points: [] })),
  };
}
