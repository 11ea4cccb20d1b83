import type { Access } from '#libs/platform/auth';
import { FHIR_JSON, oneIssue, OutcomeProblem, readBundle, type Answer, type JobAttempt } from '#libs/fhir-rest';
import type { BundleJobs, ClaimedJob } from '#libs/platform/storage';
import type { Bundles } from './bundles.js';
import { clientKey, JobCancelledError, repetitionAnswer, type PipelineDeps } from './commits.js';
import type { Wishes } from './wishes.js';

/** Jobs of a tenant that are not done; each holds a body. */
const MAX_JOBS = 20;
/** Attempts of a job whose process ended under it, or that found the database too busy. */
const MAX_ATTEMPTS = 5;
/** How long an answer is kept, as maintenance has it. */
const KEPT_MS = 24 * 60 * 60_000;

/** What a job keeps of its request beside the bundle. */
interface Context {
  readonly access: Pick<Access, 'tenant' | 'client' | 'scopes' | 'issuer'>;
  readonly wishes: Omit<Wishes, 'once'>;
}

/** `POST /fhir/r4` with `Prefer: respond-async` (FHIR R4 async.html), and the address where the answer is asked for. */
export class AsyncBundles {
  constructor(
    private readonly jobs: BundleJobs,
    private readonly bundles: Bundles,
    private readonly deps: Pick<PipelineDeps, 'newId'>,
    /** Called when there is a new job. */
    private readonly onAdded: () => void,
  ) {}

  /** 202 with the address of the answer, once the bundle is durable. What is no bundle at all is refused at once. */
  async take(text: string, access: Access, { once, ...wishes }: Wishes): Promise<Answer> {
    readBundle(text);
    const { tenant, client, scopes, issuer } = access;
    const context: Context = {
      access: { tenant, client, scopes, ...(issuer === undefined ? {} : { issuer }) },
      wishes,
    };
    const id = this.deps.newId();
    const answer = accepted({ 'content-location': `${wishes.baseUrl}/_async/${id}` });
    const job = { tenant: tenant.key, id, client: clientKey(access), request: text, context: JSON.stringify(context) };
    const added = await this.jobs.add(job, MAX_JOBS, once?.key, answer);
    switch (added.kind) {
      case 'added':
        this.onAdded();
        return answer;
      case 'too-many':
        throw oneIssue(429, 'throttled', `at most ${MAX_JOBS} bundles may wait for their turn`, undefined, {
          'retry-after': '5',
        });
      default:
        return repetitionAnswer(added);
    }
  }

  /** 202 while it waits or runs, then the answer to the bundle itself. Of another client's job nothing is said. */
  async status(id: string, access: Access): Promise<Answer> {
    const state = isUuid(id) ? await this.jobs.find(access.tenant.key, id, clientKey(access)) : undefined;
    if (state === undefined) throw noJob();
    if (state.kind !== 'done') return accepted({ 'x-progress': state.kind, 'retry-after': '1' });
    const { answer, finishedAt } = state;
    return { ...answer, headers: { ...answer.headers, expires: new Date(finishedAt + KEPT_MS).toUTCString() } };
  }

  /** Ends a job that is not done, and forgets one that is. */
  async forget(id: string, access: Access): Promise<Answer> {
    const was = isUuid(id) && (await this.jobs.remove(access.tenant.key, id, clientKey(access)));
    if (!was) throw noJob();
    return accepted({});
  }

  /** One attempt: the answer is kept in the transaction of the effect; a refusal, which has none, alone. */
  async run({ tenant, request, context, ...job }: ClaimedJob): Promise<void> {
    const { access, wishes } = JSON.parse(context) as Context;
    if (job.attempt > MAX_ATTEMPTS) {
      await this.refuse(
        tenant,
        job,
        oneIssue(500, 'exception', 'the bundle could not be taken; nothing of it is stored'),
      );
      return;
    }
    try {
      await this.bundles.take(request, access, { ...wishes, once: { job } });
    } catch (problem) {
      if (problem instanceof JobCancelledError) return;
      if (problem instanceof OutcomeProblem && problem.status < 500) return this.refuse(tenant, job, problem);
      // Too busy, or something broke: nothing of it is stored, and another attempt follows.
      await this.jobs.giveBack(tenant, job);
      if (!(problem instanceof OutcomeProblem)) throw problem;
    }
  }

  private async refuse(tenant: number, job: JobAttempt, { status, outcome }: OutcomeProblem): Promise<void> {
    const answer = { status, headers: { 'content-type': FHIR_JSON }, body: JSON.stringify(outcome) };
    await this.jobs.finish(tenant, job, answer);
  }
}

function accepted(headers: Readonly<Record<string, string>>): Answer {
  return { status: 202, headers, body: '' };
}

function noJob(): OutcomeProblem {
  return oneIssue(404, 'not-found', 'there is no such job, or no longer');
}

function isUuid(id: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
}
