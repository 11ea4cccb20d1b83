import type { Pool, PoolClient } from 'pg';
import type { Apply } from '#libs/domain/twin';
import {
  appendInTransaction,
  isTransient,
  type Batch,
  type BatchOutcome,
  type LogRecord,
  selectRecords,
  type Selection,
  reasonOf,
} from '#libs/platform/messaging';
import {
  loadClientIds,
  loadIdentities,
  loadWindows,
  writeDeadLetters,
  writeFacts,
  writeJudgements,
  writeMeasurements,
  writeSuppressions,
  writeThresholds,
  writeTimers,
  writeTransitions,
  writeTwins,
  type DeadLetter,
  type SourceKeys,
} from '#libs/platform/storage';
import { changesOf, sourcesOf, type Changes, type Evolved, type Written } from './changes.js';
import { deadLetterOf } from './dead-letters.js';
import { evolve, type Work } from './evolve.js';
import { OFFSETS } from './group.js';
import { holdTwins } from './hold-twins.js';
import { readRecords, type Entry, type Group, type ToApply } from './read-records.js';
import { OtherVersionError } from './stored-twins.js';
import type { HeldTwin, TwinCache } from './twin-cache.js';

/** What one transaction did, told after its commit. */
export interface Committed {
  readonly written: readonly Written[];
  readonly evolved: readonly Evolved[];
  readonly letters: readonly DeadLetter[];
  readonly transitions: Changes['transitions'];
  /** The transaction's time (ms), as it stands in `recorded_at`. */
  readonly now: number;
  readonly records: number;
  readonly measurements: number;
  /** Milliseconds by stage. */
  readonly stages: Readonly<Record<'lock' | 'load' | 'evolve' | 'write' | 'commit', number>>;
}

export interface ApplierDeps {
  readonly pool: Pool;
  readonly cache: TwinCache;
  readonly sources: SourceKeys;
  readonly apply: Apply;
  /** The oldest offset of a partition that the log still has. */
  readonly firstKept: (partition: number) => Promise<bigint>;
  /** Called in commit order per partition; must not throw. */
  readonly onCommitted: (committed: Committed) => void;
  /** The store holds what this engine must not touch; told once, and nothing more is begun. */
  readonly onFailed: (reason: string) => void;
  readonly onProblem: (problem: {
    readonly reason: string;
    readonly partitions: readonly number[];
    readonly records: number;
  }) => void;
}

/** Applies batches of several partitions in one transaction: all of their effects and their offsets, or nothing. */
export class BatchApplier {
  private failed: string | undefined;

  constructor(private readonly deps: ApplierDeps) {}

  /** @returns an outcome per batch; never throws */
  async apply(batches: readonly Batch[]): Promise<readonly BatchOutcome[]> {
    if (this.failed !== undefined) return retryAll(batches, this.failed);
    try {
      return await this.transact(batches);
    } catch (error) {
      if (error instanceof OtherVersionError) return this.fail(batches, error.message);
      const partitions = batches.map((batch) => batch.partition);
      this.deps.cache.forget(partitions);
      const records = batches.reduce((sum, batch) => sum + batch.records.length, 0);
      const reason = reasonOf(error);
      this.deps.onProblem({ reason, partitions, records });
      if (isTransient(error)) return retryAll(batches, reason);
      return this.isolate(batches, reason);
    }
  }

  private fail(batches: readonly Batch[], reason: string): readonly BatchOutcome[] {
    if (this.failed === undefined) this.deps.onFailed(reason);
    this.failed = reason;
    return retryAll(batches, reason);
  }

  /** The database refuses something in these records: halve them until the one at fault is alone, and put that aside. */
  private async isolate(batches: readonly Batch[], reason: string): Promise<readonly BatchOutcome[]> {
    const outcomes: BatchOutcome[] = [];
    for (const batch of batches) {
      const { records } = batch;
      const [only] = records;
      if (batches.length > 1) outcomes.push(...(await this.apply([batch])));
      else if (records.length > 1) {
        const half = records.length >> 1;
        const [first] = await this.apply([{ ...batch, records: records.slice(0, half) }]);
        if (first?.kind !== 'applied') return [first ?? { kind: 'retry', reason }];
        outcomes.push(...(await this.apply([{ ...batch, records: records.slice(half) }])));
      } else if (only !== undefined) outcomes.push(await this.bury(batch, only, reason));
      else outcomes.push({ kind: 'applied' });
    }
    return outcomes;
  }

  private async bury(batch: Batch, record: LogRecord, reason: string): Promise<BatchOutcome> {
    try {
      await this.transact([batch], new Map([[record.offset, reason]]));
      return { kind: 'applied' };
    } catch (error) {
      this.deps.cache.forget([batch.partition]);
      return { kind: 'retry', reason: reasonOf(error) };
    }
  }

  private async transact(
    batches: readonly Batch[],
    buried?: ReadonlyMap<bigint, string>,
  ): Promise<readonly BatchOutcome[]> {
    const client = await this.deps.pool.connect();
    let broken: Error | undefined;
    try {
      const begun = performance.now();
      await client.query('BEGIN');
      const starts = new Map(batches.map((batch) => [batch.partition, batch.records[0]?.offset ?? 0n]));
      const { next: applied, now } = await OFFSETS.lock(client, starts);
      const selections: Selection[] = [];
      for (const batch of batches) {
        const { partition } = batch;
        selections.push(await selectRecords(batch, applied.get(partition) ?? 0n, () => this.deps.firstKept(partition)));
      }
      const work = selections.filter((selection): selection is ToApply => selection.kind === 'apply');
      const outcomes = selections.map((selection): BatchOutcome =>
        selection.kind === 'skip' ? selection.outcome : { kind: 'applied' },
      );
      if (work.length === 0) {
        await client.query('ROLLBACK');
        return outcomes;
      }
      for (const { batch, gap } of work) {
        this.deps.cache.enter(batch.partition, applied.get(batch.partition) ?? 0n);
        if (gap > 0n) this.tellOfGap(batch, gap);
      }
      const locked = performance.now();
      await this.commit(client, work, now, { begun, locked }, buried);
      return outcomes;
    } catch (error) {
      await client.query('ROLLBACK').catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  private async commit(
    client: PoolClient,
    work: readonly ToApply[],
    now: number,
    times: { begun: number; locked: number },
    buried?: ReadonlyMap<bigint, string>,
  ): Promise<void> {
    const { groups, letters } = readRecords(work, buried);
    const held = await holdTwins(client, this.deps.cache, groups);
    const loaded = performance.now();
    const works = [...groups.values()].map((group): Work<Entry> & { readonly group: Group } => {
      const twin = held.get(group.patient) as HeldTwin;
      const { tenant } = group.entries[0]!.input;
      return { group, tenant, twin: twin.key, records: group.entries, state: twin.state, applied: [], failed: [] };
    });
    await evolve(works, this.deps.apply, {
      identities: (wanted) => loadIdentities(client, wanted),
      windows: (wanted) => loadWindows(client, wanted),
      clients: (tenants) => loadClientIds(client, tenants),
    });
    const evolved = works.map(({ group, state, applied }): Evolved => {
      const before = held.get(group.patient) as HeldTwin;
      const results = applied.map(({ record, result }) => ({ input: record.input, result }));
      return { patient: group.patient, partition: group.partition, before, state, applied: results };
    });
    for (const { failed } of works)
      for (const { record, reason } of failed) letters.push(deadLetterOf(record.log, record.input.tenant, reason));
    const computed = performance.now();

    const sources = await this.deps.sources.resolve(client, sourcesOf(evolved));
    const changes = changesOf(evolved, letters, sources.keyOf, now);
    await write(client, changes);
    await OFFSETS.move(client, new Map(work.map(({ batch, next }) => [batch.partition, next])));
    const wrote = performance.now();
    await client.query('COMMIT');
    const done = performance.now();

    sources.settle();
    for (const { batch, next } of work) {
      const twins = changes.written.filter(({ partition }) => partition === batch.partition);
      this.deps.cache.leave(
        batch.partition,
        next,
        twins.map(({ key, after }) => [key, after] as const),
      );
    }
    this.deps.onCommitted({
      written: changes.written,
      evolved,
      letters,
      transitions: changes.transitions,
      now,
      records: work.reduce((sum, { records }) => sum + records.length, 0),
      measurements: changes.measurements.length,
      stages: {
        lock: times.locked - times.begun,
        load: loaded - times.locked,
        evolve: computed - loaded,
        write: wrote - computed,
        commit: done - wrote,
      },
    });
  }

  private tellOfGap(batch: Batch, gap: bigint): void {
    this.deps.onProblem({
      reason: `${gap} records are gone from the log before they were applied (retention)`,
      partitions: [batch.partition],
      records: 0,
    });
  }
}

function retryAll(batches: readonly Batch[], reason: string): readonly BatchOutcome[] {
  return batches.map(() => ({ kind: 'retry', reason }));
}

/** Order matters where statements take locks: rows of this engine's own partitions first, the shared counters of the log last. */
async function write(client: PoolClient, changes: Changes): Promise<void> {
  await writeMeasurements(client, changes.measurements);
  await writeJudgements(client, changes.judgements);
  await writeFacts(client, changes.facts);
  await writeThresholds(client, changes.thresholds);
  await writeTwins(client, changes.twins);
  await writeTimers(client, changes.timers);
  await writeTransitions(client, changes.transitions);
  await writeSuppressions(client, changes.suppressions);
  await writeDeadLetters(client, changes.letters);
  await appendInTransaction(client, changes.alerts);
}
