import type { Pool, PoolClient } from 'pg';
import { twinKey } from '#libs/contracts';
import type { Catalogue } from '#libs/domain/twin';
import {
  isTimeout,
  isStalePlan,
  isTransient,
  reasonOf,
  selectRecords,
  type Batch,
  type BatchOutcome,
  type Selection,
} from '#libs/platform/messaging';
import {
  BY_INDEX,
  deferRecords,
  loadClientIds,
  loadIdentities,
  loadWindows,
  sentTogether,
  type SourceKeys,
} from '#libs/platform/storage';
import { committedOf, type Committed } from '../write/committed.js';
import { deadLetterOf } from '../write/dead-letters.js';
import type { DeferredPatients } from '../backlog/deferred-patients.js';
import { evolve } from './evolve.js';
import type { Bounds } from './progress.js';
import { OFFSETS } from '../group.js';
import { holdTwins } from './hold-twins.js';
import { readRecords } from './read-records.js';
import { quarantine } from '../quarantine/quarantine.js';
import type { TwinCache } from './twin-cache.js';
import { deferredOf, setAside } from './set-aside.js';
import { evolvedOf, workOf } from './works.js';
import { commitWithAlerts } from '../write/emit-alerts.js';
import { writeChanges } from '../write/write-changes.js';

/** What one patient may cost of a transaction that others wait for; beyond it their records go to the backlog lane. */
const BOUNDS: Bounds = { maxMs: 50, onTooMany: 'leave' };
/** Stored values that late values of one patient may need here, and of all patients of a transaction together, about. */
const MAX_WINDOW = 2_000;
const MAX_WINDOWS = 20_000;
const MIN_WINDOW = 200;
export interface ApplierDeps {
  readonly pool: Pick<Pool, 'connect'>;
  readonly cache: TwinCache;
  readonly deferred: DeferredPatients;
  readonly sources: SourceKeys;
  readonly catalogue: Catalogue;
  /** The oldest offset of a partition that the log still has. */
  readonly firstKept: (partition: number) => Promise<bigint>;
  /** Called in commit order per partition; must not throw. */
  readonly onCommitted: (committed: Committed) => void;
  readonly onProblem: (problem: {
    readonly reason: string;
    readonly partitions: readonly number[];
    readonly records: number;
  }) => void;
}

/**
 * How a transaction treats what the database refuses: `together` not at all (the usual way), `apart` it leaves the patient whose rows
 * are refused to the backlog lane, `aside` it leaves all patients to it.
 */
type Way = 'together' | 'apart' | 'aside';
type ToApply = Extract<Selection, { kind: 'apply' }>;

/** Applies batches of several partitions in one transaction: all of their effects and their offsets, or nothing. */
export class BatchApplier {
  constructor(private readonly deps: ApplierDeps) {}

  /** @returns an outcome per batch; never throws */
  async apply(batches: readonly Batch[]): Promise<readonly BatchOutcome[]> {
    const partitions = batches.map((batch) => batch.partition);
    const records = batches.reduce((sum, batch) => sum + batch.records.length, 0);
    let reason = 'unknown';
    for (const way of batches.length > 1 ? TOGETHER : ALONE) {
      try {
        return await this.transact(batches, way);
      } catch (error) {
        this.deps.cache.forget(partitions);
        reason = reasonOf(error);
        this.deps.onProblem({ reason, partitions, records });
        // A statement that takes too long may do so because of one patient: then all go to the backlog lane.
        if (isTransient(error) && !isTimeout(error)) return retryAll(batches, reason);
      }
    }
    if (batches.length === 1) return retryAll(batches, reason);
    const outcomes: BatchOutcome[] = [];
    for (const batch of batches) outcomes.push(...(await this.apply([batch])));
    return outcomes;
  }

  private async transact(batches: readonly Batch[], way: Way): Promise<readonly BatchOutcome[]> {
    const client = await this.deps.pool.connect();
    let broken: Error | undefined;
    try {
      const begun = performance.now();
      const began = client.query(`BEGIN; ${BY_INDEX}`);
      const starts = new Map(batches.map((batch) => [batch.partition, batch.records[0]?.offset ?? 0n]));
      const locking = OFFSETS.lock(client, starts);
      await sentTogether([began, locking]);
      const { next: applied, now } = await locking;
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
      const unknown: number[] = [];
      for (const { batch, gap } of work) {
        const { partition } = batch;
        if (!this.deps.cache.enter(partition, applied.get(partition) ?? 0n)) unknown.push(partition);
        if (gap > 0n) this.reportGap(batch, gap);
      }
      await this.deps.deferred.reload(client, unknown);
      await this.commit(client, work, way, { now, begun, locked: performance.now() });
      return outcomes;
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

  private async commit(
    client: PoolClient,
    work: readonly ToApply[],
    way: Way,
    { now, begun, locked }: { readonly now: number; readonly begun: number; readonly locked: number },
  ): Promise<void> {
    const { cache, catalogue, deferred, sources } = this.deps;
    const { groups, deadLetters } = readRecords(work.flatMap(({ records }) => records));
    const { live, aside } = await setAside(client, groups, this.deps, way === 'aside');
    const { held, unreadable } = await holdTwins(client, catalogue, cache, live);
    for (const { tenant, patient } of unreadable) aside.push(...live.get(twinKey(tenant, 'patient', patient))!.entries);
    const loaded = performance.now();
    const works = [...live.values()].flatMap((group) => {
      const twin = held.get(group.patient);
      return twin === undefined ? [] : [workOf(group, twin)];
    });
    await evolve(
      works,
      catalogue,
      {
        clients: (tenants) => loadClientIds(client, tenants),
        identities: (wanted) => loadIdentities(client, wanted),
        windows: (wanted) => loadWindows(client, wanted, maxOfEach(wanted.length)),
      },
      BOUNDS,
    );
    for (const { records, taken, failed } of works) {
      for (const { record, reason } of failed) deadLetters.push(deadLetterOf(record.log, record.input.tenant, reason));
      aside.push(...records.slice(taken));
    }
    const evolved = works.filter(({ taken }) => taken > 0).map(evolvedOf);
    const computed = performance.now();

    const quarantined = await quarantine(client, unreadable);
    const isApart = way === 'apart';
    const closing = (): readonly Promise<unknown>[] => [
      deferRecords(client, aside.map(deferredOf)),
      OFFSETS.move(client, new Map(work.map(({ batch, next }) => [batch.partition, next]))),
    ];
    const { changes, refused, alerts, webhooks, settle } = await writeChanges(client, {
      catalogue,
      evolved,
      deadLetters,
      now,
      sources,
      isApart,
      alerts: quarantined.alerts,
      ...(isApart ? {} : { alongside: closing }),
    });
    for (const { patient } of refused) {
      aside.splice(0, aside.length, ...aside.filter(({ log }) => log.key !== patient), ...live.get(patient)!.entries);
    }
    // Whose records these are is known when their rows are.
    if (isApart) await sentTogether(closing());
    const wrote = performance.now();
    const lanes = await commitWithAlerts(client, alerts, webhooks, now);
    const done = performance.now();

    settle();
    for (const { log, input } of aside) deferred.add(log.partition, input);
    const written = changes.flatMap((part) => part.written);
    for (const { batch, next } of work) {
      const twins = written.filter(({ partition }) => partition === batch.partition);
      cache.leave(
        batch.partition,
        next,
        twins.map(({ key, after }) => [key, after] as const),
      );
    }
    const counted = { deadLetters: deadLetters.length, quarantine: quarantined, deferred: aside.length, lanes, now };
    const oldest = Math.min(...work.map(({ records: [first] }) => first?.appendedAt ?? now));
    const stages = { wait: Math.max(0, now - oldest), lock: locked - begun, load: loaded - locked };
    const records = work.reduce((sum, selection) => sum + selection.records.length, 0);
    const accepted = evolved.filter((one) => !refused.includes(one));
    this.deps.onCommitted(
      committedOf(accepted, changes, {
        ...counted,
        records,
        stages: { ...stages, evolve: computed - loaded, write: wrote - computed, commit: done - wrote },
      }),
    );
  }

  private reportGap(batch: Batch, gap: bigint): void {
    this.deps.onProblem({
      reason: `${gap} records are gone from the log before they were applied (retention)`,
      partitions: [batch.partition],
      records: 0,
    });
  }
}

const TOGETHER: readonly Way[] = ['together', 'apart'];
const ALONE: readonly Way[] = ['together', 'apart', 'aside'];

function maxOfEach(windows: number): number {
  return Math.max(MIN_WINDOW, Math.min(MAX_WINDOW, Math.floor(MAX_WINDOWS / Math.max(1, windows))));
}

function retryAll(batches: readonly Batch[], reason: string): readonly BatchOutcome[] {
  return batches.map(() => ({ kind: 'retry', reason }));
}
