import type { Pool } from 'pg';
import { v7 as uuid } from 'uuid';
import type { z } from 'zod';
import { TOPICS, twinKey, type FitJobSchema, type ModelParametersRecord, type WireParameters } from '#libs/contracts';
import { refuse, type ModelRefusal } from '#libs/domain/forecasting';
import { FIT_DAYS, type PersonalFit } from '#libs/domain/physiology';
import { recordedHistory } from '#libs/domain/scenarios';
import { appendInTransaction } from '#libs/platform/messaging';
import { notFound } from '#libs/platform/http';
import {
  finishModelJob,
  findTwin,
  inTransaction,
  knownParameters,
  knownUntil,
  type ClaimedModelJob,
  type ModelJobs,
} from '#libs/platform/storage';
import { MAX_JOBS, tooManyJobs } from '../scenarios/batches.js';
import type { ModelThreads } from '../simulation/model-threads.js';
import { loadPerson } from '../simulation/person.js';
import { PERSONAL_GLUCOSE } from '../simulation/personal-glucose.js';

export interface FitsDeps {
  readonly pool: Pool;
  readonly jobs: ModelJobs;
  readonly threads: Pick<ModelThreads, 'forJob'>;
  readonly onAdded: () => void;
  /** ms since 1970 */
  readonly now: () => number;
}

type FitJob = z.input<typeof FitJobSchema>;

const DAY = 86_400_000;

/** Fits of the model to persons, as jobs. What is fitted enters the log as a record, so that a replay has it at the same place. */
export class Fits {
  constructor(private readonly deps: FitsDeps) {}

  /** A fit that waits or runs already is answered in place of another one. @throws Problem 404, 429 */
  async start(tenant: number, client: string, patient: string): Promise<FitJob> {
    const { pool, jobs, onAdded } = this.deps;
    if ((await findTwin(pool, tenant, patient)) === undefined) throw notFound('the patient');
    const id = await jobs.add({ tenant, id: uuid(), kind: 'fit', client, patient, request: '{}' }, MAX_JOBS);
    if (id === undefined) throw tooManyJobs();
    onAdded();
    return { id, url: urlOf(patient, id), status: 'waiting', patient };
  }

  async find(tenant: number, patient: string, id: string): Promise<FitJob> {
    const state = await this.deps.jobs.find(tenant, 'fit', id, patient);
    if (state === undefined) throw notFound('the fit');
    const head = { id, url: urlOf(patient, id), patient };
    if (state.status !== 'done' || state.answer === null)
      return { ...head, status: state.status === 'running' ? 'running' : 'waiting' };
    const answer = JSON.parse(state.answer) as Pick<FitJob, 'version' | 'refused'> & Partial<Pick<FitJob, 'status'>>;
    const { status = 'completed', ...done } = answer;
    return { ...head, status, ...done, ...(status === 'failed' ? {} : { items: [{ patient, ...done }] }) };
  }

  async run(job: ClaimedModelJob): Promise<void> {
    const { pool, jobs } = this.deps;
    const fitted = await this.fit(job);
    if (fitted.kind === 'refused') {
      await jobs.finish(job, JSON.stringify({ refused: { reason: fitted.reason, message: fitted.message } }));
      return;
    }
    const { tenant, patient } = job;
    const parameters = wireOf(fitted);
    const receivedAt = this.deps.now();
    const record: ModelParametersRecord = { v: 1, kind: 'model-parameters', tenant, patient, receivedAt, parameters };
    await inTransaction(pool, async (client) => {
      // Another attempt has done it: two records would say the same.
      if (!(await finishModelJob(client, job, JSON.stringify({ version: parameters.version })))) return;
      const key = twinKey(tenant, 'patient', patient);
      await appendInTransaction(client, [{ topic: TOPICS.patientInput, key, value: JSON.stringify(record) }]);
    });
  }

  private async fit({ tenant, patient }: ClaimedModelJob): Promise<PersonalFit | ModelRefusal> {
    const { pool, threads, now } = this.deps;
    const twin = await findTwin(pool, tenant, patient);
    if (twin === undefined) return refuse('no-data', 'The patient is not known.');
    const at = now();
    const known = { tenant, twin: twin.key, knownAt: (await knownUntil(pool, tenant, twin.key)) ?? at };
    // The newest data count, however old they are: what was true of the person then.
    const until = Math.min(at, twin.asOf ?? at);
    const span = { at: until, from: until - FIT_DAYS * DAY, to: until + 1 };
    const [person, previous] = await Promise.all([
      loadPerson(pool, known, span),
      knownParameters(pool, known, PERSONAL_GLUCOSE.id),
    ]);
    const history = recordedHistory(person.values, until, until + 1);
    if ('kind' in history) return history;
    const { glucose, inputs } = history;
    const request = {
      glucose,
      inputs,
      subject: person.subject,
      previous: person.parameters ?? undefined,
      fittedAt: at,
      version: (previous?.version ?? 0) + 1,
    };
    return threads.forJob({ kind: 'fit', request });
  }
}

function wireOf({ parameters, fit, report, assumptions }: PersonalFit): WireParameters {
  return { ...parameters, report: { fit, parameters: report, assumptions } };
}

function urlOf(patient: string, id: string): string {
  return `/v1/twins/${patient}/parameters/fit/${id}`;
}
