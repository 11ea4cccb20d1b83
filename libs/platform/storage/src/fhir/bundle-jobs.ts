import type { ClientBase, Pool } from 'pg';
import type { Answer, IdempotencyKey, JobAttempt, Repetition } from '#libs/fhir-rest';
import { inTransaction } from '../postgres/in-transaction.js';
import { claimKey, keepAnswer } from './kept-answers.js';

/** A bundle that is to be taken after its client has gone. */
export interface NewBundleJob {
  readonly tenant: number;
  readonly id: string;
  /** Only this client may look at the job. */
  readonly client: string;
  /** The text of the bundle. */
  readonly request: string;
  /** Who asked, and how: whatever its runner needs, as JSON. */
  readonly context: string;
}

export interface ClaimedJob extends JobAttempt {
  readonly tenant: number;
  readonly request: string;
  readonly context: string;
}

export type JobState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly answer: Answer; /** ms since 1970 */ readonly finishedAt: number };

/** An attempt that gives no sign of life for so long has ended with its process. */
const LEASE = `interval '30 seconds'`;

/** Bundles whose answer is asked for later, in Postgres: they outlive the process that took them. */
export class BundleJobs {
  constructor(private readonly pool: Pool) {}

  /**
   * @param bound maximum jobs of the tenant that are not done
   * @param answer of the request that adds the job, for a repetition with its key
   */
  async add(
    job: NewBundleJob,
    bound: number,
    key: IdempotencyKey | undefined,
    answer: Answer,
  ): Promise<Repetition | { readonly kind: 'added' | 'too-many' }> {
    return inTransaction(this.pool, async (client) => {
      const repetition = key === undefined ? undefined : await claimKey(client, job.tenant, key);
      if (repetition !== undefined) return repetition;
      const { rowCount } = await client.query(
        `INSERT INTO fhir_bundle_jobs (tenant, id, client, request, context)
         SELECT $1, $2, $3, $4, $5
         WHERE (SELECT count(*) FROM fhir_bundle_jobs WHERE tenant = $1 AND finished_at IS NULL) < $6`,
        [job.tenant, job.id, job.client, job.request, job.context, bound],
      );
      if (rowCount === 0) return { kind: 'too-many' };
      if (key !== undefined) await keepAnswer(client, job.tenant, key, answer);
      return { kind: 'added' };
    });
  }

  /** undefined: none of this client. */
  async find(tenant: number, id: string, client: string): Promise<JobState | undefined> {
    const { rows } = await this.pool.query<{ running: boolean; answer: string | null; finished_ms: number | null }>(
      `SELECT coalesce(lease_until > now(), false) AS running, answer, (extract(epoch FROM finished_at) * 1000)::float8 AS finished_ms
       FROM fhir_bundle_jobs WHERE tenant = $1 AND id = $2 AND client = $3`,
      [tenant, id, client],
    );
    const [row] = rows;
    if (row === undefined) return undefined;
    if (row.answer !== null && row.finished_ms !== null) {
      return { kind: 'done', answer: JSON.parse(row.answer) as Answer, finishedAt: row.finished_ms };
    }
    return { kind: row.running ? 'running' : 'waiting' };
  }

  /** Forgets a job; one that runs ends without an effect. @returns whether there was one of this client */
  async remove(tenant: number, id: string, client: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `DELETE FROM fhir_bundle_jobs WHERE tenant = $1 AND id = $2 AND client = $3`,
      [tenant, id, client],
    );
    return (rowCount ?? 0) > 0;
  }

  /** Takes jobs that nobody runs, oldest first; those of the tenant with the fewest that run. */
  async claim(limit: number): Promise<readonly ClaimedJob[]> {
    const { rows } = await this.pool.query<ClaimedJob>(
      `UPDATE fhir_bundle_jobs j SET attempts = j.attempts + 1, lease_until = now() + ${LEASE}
       FROM (SELECT tenant, id FROM fhir_bundle_jobs w
             WHERE w.finished_at IS NULL AND (w.lease_until IS NULL OR w.lease_until < now())
             ORDER BY (SELECT count(*) FROM fhir_bundle_jobs r
                       WHERE r.tenant = w.tenant AND r.finished_at IS NULL AND r.lease_until > now()), w.created_at
             LIMIT $1 FOR UPDATE SKIP LOCKED) AS due
       WHERE j.tenant = due.tenant AND j.id = due.id
       RETURNING j.tenant, j.id, j.request, j.context, j.attempts AS attempt`,
      [limit],
    );
    return rows;
  }

  /** A sign of life. @returns whether the attempt still counts */
  async renew(tenant: number, { id, attempt }: JobAttempt): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `UPDATE fhir_bundle_jobs SET lease_until = now() + ${LEASE}
       WHERE tenant = $1 AND id = $2 AND attempts = $3 AND finished_at IS NULL`,
      [tenant, id, attempt],
    );
    return (rowCount ?? 0) > 0;
  }

  /** Lets another attempt follow soon. */
  async giveBack(tenant: number, { id, attempt }: JobAttempt): Promise<void> {
    await this.pool.query(
      `UPDATE fhir_bundle_jobs SET lease_until = now() + interval '1 second'
       WHERE tenant = $1 AND id = $2 AND attempts = $3 AND finished_at IS NULL`,
      [tenant, id, attempt],
    );
  }

  /** Keeps the answer of a job that changed nothing else. */
  finish(tenant: number, attempt: JobAttempt, answer: Answer): Promise<boolean> {
    return finishJob(this.pool, tenant, attempt, answer);
  }
}

/** Keeps the answer of a job. @returns whether the attempt still counts; else nothing of it may stay */
export async function finishJob(
  client: ClientBase | Pool,
  tenant: number,
  { id, attempt }: JobAttempt,
  answer: Answer,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE fhir_bundle_jobs SET answer = $4, request = '', finished_at = now(), lease_until = NULL
     WHERE tenant = $1 AND id = $2 AND attempts = $3 AND finished_at IS NULL`,
    [tenant, id, attempt, JSON.stringify(answer)],
  );
  return (rowCount ?? 0) > 0;
}
