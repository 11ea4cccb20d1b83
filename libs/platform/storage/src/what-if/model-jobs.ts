import type { ClientBase, Pool } from 'pg';

export const MODEL_JOB_KINDS = ['fit', 'scenario-batch'] as const;
export type ModelJobKind = (typeof MODEL_JOB_KINDS)[number];

export interface NewModelJob {
  readonly tenant: number;
  readonly id: string;
  readonly kind: ModelJobKind;
  /** Who asked; '' for the software itself. */
  readonly client: string;
  /** Whose fit it is; '' for a batch. */
  readonly patient: string;
  /** As JSON. */
  readonly request: string;
}

export interface ClaimedModelJob extends NewModelJob {
  /** 1 for the first. */
  readonly attempt: number;
}

export interface ModelJobState {
  readonly status: 'waiting' | 'running' | 'done';
  /** As JSON; of a job that is done. */
  readonly answer: string | null;
}

/** An attempt that gives no sign of life for so long has ended with its process. */
const LEASE = `interval '30 seconds'`;

/** Work of models that outlives the process which took it: fits and batches of scenarios. */
export class ModelJobs {
  constructor(private readonly pool: Pool) {}

  /**
   * A fit of a patient that waits or runs already is not added again: its id is answered.
   *
   * @param bound maximum jobs of the tenant that are not done
   * @returns the id of the job; undefined when there are too many
   */
  async add(job: NewModelJob, bound: number): Promise<string | undefined> {
    const waiting = `SELECT id::text AS id FROM model_jobs
      WHERE tenant = $1 AND patient = $2 AND kind = $3 AND finished_at IS NULL AND patient <> '' LIMIT 1`;
    const { rows } = await this.pool.query<{ id: string }>(waiting, [job.tenant, job.patient, job.kind]);
    if (rows[0] !== undefined) return rows[0].id;
    const { rowCount } = await this.pool.query(
      `INSERT INTO model_jobs (tenant, id, kind, client, patient, request)
       SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT count(*) FROM model_jobs WHERE tenant = $1 AND finished_at IS NULL) < $7`,
      [job.tenant, job.id, job.kind, job.client, job.patient, job.request, bound],
    );
    return rowCount === 0 ? undefined : job.id;
  }

  async find(tenant: number, kind: ModelJobKind, id: string, patient = ''): Promise<ModelJobState | undefined> {
    const { rows } = await this.pool.query<ModelJobState>(
      `SELECT CASE WHEN finished_at IS NOT NULL THEN 'done' WHEN lease_until > now() THEN 'running' ELSE 'waiting' END AS status, answer
       FROM model_jobs WHERE tenant = $1 AND id = $2 AND kind = $3 AND patient = $4`,
      [tenant, id, kind, patient],
    );
    return rows[0];
  }

  /** Takes jobs that nobody runs, oldest first; those of the tenant with the fewest that run. */
  async claim(limit: number): Promise<readonly ClaimedModelJob[]> {
    const { rows } = await this.pool.query<ClaimedModelJob>(
      `UPDATE model_jobs j SET attempts = j.attempts + 1, lease_until = now() + ${LEASE}
       FROM (SELECT tenant, id FROM model_jobs w
             WHERE w.finished_at IS NULL AND (w.lease_until IS NULL OR w.lease_until < now())
             ORDER BY (SELECT count(*) FROM model_jobs r
                       WHERE r.tenant = w.tenant AND r.finished_at IS NULL AND r.lease_until > now()), w.created_at
             LIMIT $1 FOR UPDATE SKIP LOCKED) AS due
       WHERE j.tenant = due.tenant AND j.id = due.id
       RETURNING j.tenant, j.id::text AS id, j.kind, j.client, j.patient, j.request, j.attempts AS attempt`,
      [limit],
    );
    return rows;
  }

  /** A sign of life. @returns whether the attempt still counts */
  async renew(tenant: number, { id, attempt }: Pick<ClaimedModelJob, 'id' | 'attempt'>): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `UPDATE model_jobs SET lease_until = now() + ${LEASE} WHERE tenant = $1 AND id = $2 AND attempts = $3 AND finished_at IS NULL`,
      [tenant, id, attempt],
    );
    return (rowCount ?? 0) > 0;
  }

  finish(job: ClaimedModelJob, answer: string): Promise<boolean> {
    return finishModelJob(this.pool, job, answer);
  }
}

/** Keeps the answer of a job. @returns whether the attempt still counts; else nothing of it may stay */
export async function finishModelJob(
  client: Pick<ClientBase, 'query'> | Pool,
  { tenant, id, attempt }: ClaimedModelJob,
  answer: string,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE model_jobs SET finished_at = now(), lease_until = NULL, request = '', answer = $4
     WHERE tenant = $1 AND id = $2 AND attempts = $3 AND finished_at IS NULL`,
    [tenant, id, attempt, answer],
  );
  return (rowCount ?? 0) > 0;
}
