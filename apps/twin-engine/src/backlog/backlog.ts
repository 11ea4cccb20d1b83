import type { Pool, PoolClient } from 'pg';
import { twinKey, TOPICS } from '#libs/contracts';
import { createMemory, type Catalogue } from '#libs/domain/twin';
import { isStalePlan, isTransient, reasonOf, type LogRecord } from '#libs/platform/messaging';
import {
  deferredPatients,
  isQuarantined,
  loadClientIds,
  loadIdentities,
  loadWindows,
  lockDeferred,
  nextDeferred,
  removeDeferred,
  twinVersion,
  writeDeadLetters,
  type DeferredRecord,
  type PatientId,
  type SourceKeys,
} from '#libs/platform/storage';
import { BacklogMemories, type HeldPatient } from './backlog-memories.js';
import { committedOf, type Committed } from '../write/committed.js';
import { deadLetterOf } from '../write/dead-letters.js';
import { evolve } from '../apply/evolve.js';
import { holdTwins } from '../apply/hold-twins.js';
import { readRecords } from '../apply/read-records.js';
import { quarantine } from '../quarantine/quarantine.js';
import { evolvedOf, workOf } from '../apply/works.js';
import { emitAlerts } from '../write/emit-alerts.js';
import { writeChanges } from '../write/write-changes.js';

/** Records and characters of one transaction, about: the database is shared with live data. */
const MAX_RECORDS = 30;
const MAX_CHARACTERS = 500_000;
/** Patients in one round; each gets one transaction of it. */
const MAX_PATIENTS = 1_000;
/** Stored values of one measure that a late value may need: a day and a quarter at 4 Hz. */
const MAX_WINDOW = 450_000;
/** Values of one measure kept between transactions of a patient. */
const WINDOW_KEPT = 450_000;
const LOOK_EVERY_MS = 1_000;
const AFTER_FAILURE_MS = 200;

export interface BacklogDeps {
  readonly pool: Pool;
  readonly sources: SourceKeys;
  readonly catalogue: Catalogue;
  /** Milliseconds in the core per transaction, about: then another patient has its turn. */
  readonly sliceMs: number;
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
        return this.apply(client, patient, records, now);
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

  private async apply(
    client: PoolClient,
    patient: PatientId,
    waiting: readonly DeferredRecord[],
    now: number,
  ): Promise<{ readonly result: Committed; readonly settle: () => void } | undefined> {
    if (waiting.length === 0 || (await isQuarantined(client, patient))) return undefined;
    const locked = performance.now();
    const key = twinKey(patient.tenant, 'patient', patient.patient);
    const { groups, deadLetters } = readRecords(waiting.map(logRecordOf));
    const stored = await twinVersion(client, patient);
    const known = this.memories.get(key, stored);
    const { held, unreadable } = await holdTwins(client, this.deps.catalogue, { get: () => known?.twin }, groups);
    const loaded = performance.now();
    const memory = known?.memory ?? createMemory(WINDOW_KEPT);
    const works = [...groups.values()].flatMap((group) => {
      const twin = held.get(group.patient);
      return twin === undefined ? [] : [workOf(group, twin, memory)];
    });
    await evolve(
      works,
      this.deps.catalogue,
      {
        clients: (tenants) => loadClientIds(client, tenants),
        identities: (wanted) => loadIdentities(client, wanted),
        windows: (wanted) => loadWindows(client, wanted, MAX_WINDOW),
      },
      { maxMs: this.deps.sliceMs, onTooMany: 'reject' },
    );
    // What could not be read has no place among the rest, so it goes with the first part.
    const unread = new Set(deadLetters.map(({ offset }) => offset));
    const left = new Set(works.flatMap((work) => work.records.slice(work.taken).map(({ log }) => log.offset)));
    // Of an unreadable twin they all stay, and wait until it can be read.
    const records =
      unreadable.length > 0 ? [] : waiting.filter(({ offset }) => unread.has(offset) || !left.has(offset));
    for (const { failed } of works)
      for (const { record, reason } of failed) deadLetters.push(deadLetterOf(record.log, record.input.tenant, reason));
    const evolved = works.map(evolvedOf);
    const computed = performance.now();
    const quarantined = await quarantine(client, unreadable);
    const taken = unreadable.length > 0 ? [] : deadLetters;
    const { changes, alerts, webhooks, settle } = await writeChanges(client, {
      catalogue: this.deps.catalogue,
      evolved,
      deadLetters: taken,
      now,
      sources: this.deps.sources,
      isApart: false,
      alerts: quarantined.alerts,
      alongside: () => [removeDeferred(client, records)],
    });
    const lanes = await emitAlerts(client, alerts, now, webhooks);
    const wrote = performance.now();
    const measured = {
      deadLetters: taken.length,
      quarantine: quarantined,
      deferred: 0,
      lanes,
      now,
      records: records.length,
    };
    const stages = { load: loaded - locked, evolve: computed - loaded, write: wrote - computed };
    return {
      result: committedOf(evolved, changes, { ...measured, stages }),
      settle: () => {
        settle();
        for (const { after } of changes.flatMap(({ written }) => written)) {
          const next: HeldPatient = { twin: after, memory };
          this.memories.put(key, next);
        }
      },
    };
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

function logRecordOf({ tenant, patient, partition, offset, value }: DeferredRecord): LogRecord {
  const key = twinKey(tenant, 'patient', patient);
  return { topic: TOPICS.patientInput, partition, offset, key, value, headers: {}, appendedAt: 0 };
}
