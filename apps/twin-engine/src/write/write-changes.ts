import type { PoolClient } from 'pg';
import type { AlertRecord } from '#libs/contracts';
import type { Catalogue } from '#libs/domain/twin';
import { isTransient } from '#libs/platform/messaging';
import {
  insertRejections,
  sentTogether,
  writeDeadLetters,
  writeFacts,
  writeForecasts,
  writeJudgements,
  writeMeasurements,
  writeParameters,
  writeStatuses,
  writeSuppressions,
  writeThresholds,
  writeTimers,
  writeTransitions,
  writeTwins,
  type DeadLetter,
  type SourceKeys,
} from '#libs/platform/storage';
import { activeWebhooks, type ActiveWebhook } from '#libs/platform/delivery';
import { changesOf, sourcesOf, type Changes, type Evolved } from './changes.js';

export interface ToWrite {
  readonly catalogue: Catalogue;
  readonly evolved: readonly Evolved[];
  readonly deadLetters: readonly DeadLetter[];
  /** The transaction's time, ms. */
  readonly now: number;
  readonly sources: SourceKeys;
  /**
   * False: a row that the database refuses fails the transaction. True: the patients are halved under savepoints until the one whose rows are
   * refused is alone; all others are written.
   */
  readonly isApart: boolean;
  /** Further alerts, to be emitted with those of the changes. */
  readonly alerts: readonly AlertRecord[];
  /** Sends further statements together with the rows. */
  readonly alongside?: () => readonly Promise<unknown>[];
}

export interface WrittenChanges {
  readonly changes: readonly Changes[];
  /** Patients whose rows the database refused; nothing of them is written. */
  readonly refused: readonly Evolved[];
  /** To be emitted last (emit-alerts.ts), because the shared counters of the log are locked from then until the commit. */
  readonly alerts: readonly AlertRecord[];
  /** Of the tenants of the alerts. */
  readonly webhooks: readonly ActiveWebhook[];
  /** To be called after the commit. */
  readonly settle: () => void;
}

/**
 * Writes what the core decided about this engine's own partitions, in one round trip: all rows together, and with them the question to which webhooks
 * its alerts may go.
 */
export async function writeChanges(client: PoolClient, toWrite: ToWrite): Promise<WrittenChanges> {
  const { catalogue, evolved, deadLetters, now, sources, isApart } = toWrite;
  const settled: (() => void)[] = [];
  const changes: Changes[] = [];
  const refused: Evolved[] = [];
  const alerts = [...toWrite.alerts];
  let webhooks: Promise<readonly ActiveWebhook[]> = Promise.resolve([]);
  const writeRows = async (
    part: readonly Evolved[],
    alongside: (all: Changes) => readonly Promise<unknown>[],
  ): Promise<void> => {
    const keys = await sources.resolve(client, sourcesOf(part));
    const all = changesOf(catalogue, part, keys.keyOf, now);
    await sentTogether([
      writeMeasurements(client, all.measurements),
      writeJudgements(client, all.judgements),
      writeFacts(client, all.facts),
      writeThresholds(client, all.thresholds),
      writeTwins(client, all.twins),
      writeTimers(client, all.timers),
      writeTransitions(client, all.transitions),
      writeSuppressions(client, all.suppressions),
      insertRejections(client, all.rejections),
      writeForecasts(client, all.forecasts),
      writeParameters(client, all.parameters),
      writeStatuses(client, all.statuses),
      ...alongside(all),
    ]);
    settled.push(() => keys.settle());
    changes.push(all);
  };
  const writeApart = async (part: readonly Evolved[]): Promise<void> => {
    if (part.length === 0) return;
    await client.query('SAVEPOINT part');
    try {
      await writeRows(part, () => []);
      await client.query('RELEASE SAVEPOINT part');
      return;
    } catch (error) {
      if (isTransient(error)) throw error;
      await client.query('ROLLBACK TO SAVEPOINT part');
    }
    if (part.length === 1) refused.push(...part);
    else {
      const half = part.length >> 1;
      await writeApart(part.slice(0, half));
      await writeApart(part.slice(half));
    }
  };
  /** What needs no answer to the rows before it. */
  const rest = (parts: readonly Changes[]): readonly Promise<unknown>[] => {
    alerts.push(...parts.flatMap((part) => part.alerts));
    webhooks = activeWebhooks(client, alerts);
    return [writeDeadLetters(client, deadLetters), webhooks, ...(toWrite.alongside?.() ?? [])];
  };
  if (isApart) {
    await writeApart(evolved);
    await sentTogether(rest(changes));
  } else await writeRows(evolved, (all) => rest([all]));
  return {
    changes,
    refused,
    alerts,
    webhooks: await webhooks,
    settle: () => {
      for (const settle of settled) settle();
    },
  };
}
