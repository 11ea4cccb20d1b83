import type { Pool, PoolClient } from 'pg';
import { twinKey } from '#libs/contracts';
import { isStalePlan, isTransient, reasonOf } from '#libs/platform/messaging';
import {
  deferredPatients,
  lockDeferred,
  nextDeferred,
  removeDeferred,
  writeDeadLetters,
  type DeferredRecord,
  type PatientId,
} from '#libs/platform/storage';
import { applyDeferred, logRecordOf, type DeferredDeps } from './apply-deferred.js';
import { BacklogMemories } from './backlog-memories.js';
import type { Committed } from '../write/committed.js';
import { deadLetterOf } from '../write/dead-letters.js';

/** Records and characters of one transaction, about: the database is shared with live data. */
const MAX_RECORDS = 30;
const MAX_CHARACTERS = 500_000;
/** Patients in one round; each gets one transaction of it. */
const MAX_PATIENTS = 1_000;
const LOOK_EVERY_MS = 1_000;
const AFTER_FAILURE_MS = 200;

export interface BacklogDeps extends DeferredDeps {
  readonly pool: Pool;
  readonly onCommitted: (committed: Committed) => void;
  readonly onProblem: (problem: { readonly reason: string; readonly records: number }) => void;
}

/**
 * The lane of patients with a backlog: applies the records that the engine has left in `deferred_records`, each patient's in the order of
 * the log, one patient after another, a small transaction each. It locks a patient and removes the records in the
 * transaction of their effects, so any number of them may run, and a crash loses and repeats nothing.
 */
export class Backlog {
  private readonly memories = new BacklogMemories();
  /** How many records of a patient are taken one by one, because one of them was refused by the database. */
  private readonly oneByOne = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isWoken = false;
  private stopped = false;

  constructor(private readonly deps: BacklogDeps) {}

  /** Looks at once; call it at the start and when records were deferred. */
  wake(): void {
    this.isWoken = true;
    if (this.stopped || this.running !== undefined) return;
    clearTimeout(this.timer);
    this.running = this.run()
      .catch((error: unknown) => this.deps.onProblem({ reason: reasonOf(error), records: 0 }))
      .finally(() => {
        this.running = undefined;
        if (!this.stopped) this.timer = setTimeout(() => this.wake(), this.isWoken ? AFTER_FAILURE_MS : LOOK_EVERY_MS);
      });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      this.isWoken = false;
      const patients = await deferredPatients(this.deps.pool, MAX_PATIENTS);
      if (patients.length === 0 && !this.isWoken) return;
      const isMoving = await this.goRound(patients);
      // In other hands, or the database is away.
      if (!isMoving) await new Promise((resolve) => setTimeout(resolve, AFTER_FAILURE_MS));
    }
  }

  /** One transaction each in turn, for a while: others may come. @returns whether something was applied */
  private async goRound(patients: readonly PatientId[]): Promise<boolean> {
    const until = performance.now() + LOOK_EVERY_MS;
    let isMoving = false;
    for (let left = patients; left.length > 0 && performance.now() < until;) {
      const moving: PatientId[] = [];
      for (const patient of left) {
        if (this.stopped) return isMoving;
        if (await this.slice(patient)) moving.push(patient);
      }
      isMoving ||= moving.length > 0;
      left = moving;
    }
    return isMoving;
  }

  /** @returns whether something was applied */
  private async slice(patient: PatientId): Promise<boolean> {
    const key = twinKey(patient.tenant, 'patient', patient.patient);
    const alone = this.oneByOne.get(key) ?? 0;
    let records: readonly DeferredRecord[] = [];
    try {
      const done = await this.inTransaction(async (client, now) => {
        records = await nextDeferred(client, patient, alone > 0 ? 1 : MAX_RECORDS, MAX_CHARACTERS);
        return applyDeferred(client, { patient, records, now }, this.deps, this.memories);
      }, patient);
      if (done === undefined) return false;
      if (alone > 1) this.oneByOne.set(key, alone - 1);
      else this.oneByOne.delete(key);
      this.deps.onCommitted(done);
      return true;
    } catch (error) {
      this.memories.drop(key);
      const reason = reasonOf(error);
      this.deps.onProblem({ reason, records: records.length });
      const [only] = records;
      if (isTransient(error) || only === undefined) return false;
      if (records.length > 1) this.oneByOne.set(key, records.length);
      else return this.deadLetter(patient, only, reason);
      return true;
    }
  }

  private async inTransaction<T>(
    work: (client: PoolClient, now: number) => Promise<{ readonly result: T; readonly settle: () => void } | undefined>,
    patient: PatientId,
  ): Promise<T | undefined> {
    const client = await this.deps.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const now = await lockDeferred(client, patient);
      const done = now === undefined ? undefined : await work(client, now);
      await client.query(done === undefined ? 'ROLLBACK' : 'COMMIT');
      done?.settle();
      return done?.result;
    } catch (error) {
      await client.query('ROLLBACK').catch((failure: Error) => {
        broken = failure;
      });
      if (isStalePlan(error)) broken = error as Error;
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /** The only record at hand is refused by the database: it is dead-lettered, and the rest is applied. */
  private async deadLetter(patient: PatientId, record: DeferredRecord, reason: string): Promise<boolean> {
    try {
      const done = await this.inTransaction(async (client) => {
        await writeDeadLetters(client, [deadLetterOf(logRecordOf(record), patient.tenant, reason)]);
        await removeDeferred(client, [record]);
        return { result: true, settle: () => undefined };
      }, patient);
      return done ?? false;
    } catch (error) {
      this.deps.onProblem({ reason: reasonOf(error), records: 1 });
      return false;
    }
  }
}
