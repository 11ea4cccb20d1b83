import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import { twinKey, TOPICS, type ActRecord } from '#libs/contracts';
import { appendInTransaction } from '#libs/platform/messaging';
import { inTransaction, takeTenantAct } from '#libs/platform/storage';

/** Patients of one transaction: it holds the counters of the log for a few milliseconds only, and everybody's appends wait for them. */
const PATIENTS_AT_ONCE = 50;
/** Between two transactions: what came meanwhile goes first. */
const PAUSE_MS = 25;
/** How often to look for acts that a process left behind, or another one is processing. */
const LOOK_EVERY_MS = 5_000;

export interface TenantActJobDeps {
  readonly pool: Pool;
  readonly onProblem: (error: unknown) => void;
}

/**
 * Brings acts for all patients of a tenant into the patients' logs, a few patients per short transaction. The place where it stands
 * moves on in the transaction of the appends: a crash at any time loses and repeats nothing, and any process resumes.
 */
export class TenantActJob implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;

  constructor(private readonly deps: TenantActJobDeps) {}

  /** Resumes what an earlier process left. */
  onApplicationBootstrap(): void {
    this.wake();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** Begins at once; call it when an act was planned. */
  wake(): void {
    if (this.stopped || this.running !== undefined) return;
    clearTimeout(this.timer);
    this.running = this.run()
      .catch(this.deps.onProblem)
      .finally(() => {
        this.running = undefined;
        if (!this.stopped) this.timer = setTimeout(() => this.wake(), LOOK_EVERY_MS);
      });
  }

  private async run(): Promise<void> {
    while (!this.stopped && (await this.step())) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }

  /** @returns false when there is nothing to do */
  private step(): Promise<boolean> {
    return inTransaction(this.deps.pool, appendNext);
  }
}

async function appendNext(client: PoolClient): Promise<boolean> {
  const step = await takeTenantAct(client, PATIENTS_AT_ONCE);
  if (step === undefined) return false;
  const head = JSON.parse(step.record) as Omit<ActRecord, 'patient'>;
  const { tenant } = step;
  await appendInTransaction(
    client,
    step.patients.map((patient) => {
      const record: ActRecord = { ...head, patient };
      return { topic: TOPICS.patientInput, key: twinKey(tenant, 'patient', patient), value: JSON.stringify(record) };
    }),
  );
  return true;
}
