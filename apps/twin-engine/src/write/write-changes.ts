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
import type { LaneKey } from '#libs/platform/delivery';
import { changesOf, sourcesOf, type Changes, type Evolved } from './changes.js';
import { emitAlerts } from './emit-alerts.js';

export interface WrittenChanges {
  readonly changes: readonly Changes[];
  /** Patients whose rows the database refused; nothing of them is written. */
  readonly refused: readonly Evolved[];
  /** Queues of webhooks that have got alerts; their dispatchers are to be notified after the commit. */
  readonly lanes: readonly LaneKey[];
  /** To be called after the commit. */
  readonly settle: () => void;
}

/**
 * Writes what the core decided, in two round trips: the rows of this engine's own partitions together, then the alerts, each queued for the
 * webhooks that want it and appended to the log. The shared counters of the log come last, because they are locked until the commit.
 *
 * @param isApart false: a row that the database refuses fails the transaction. true: the patients are halved under savepoints until
 *   the one whose rows are refused is alone; all others are written
 * @param alerts further alerts
 */
export async function writeChanges(
  client: PoolClient,
  catalogue: Catalogue,
  evolved: readonly Evolved[],
  deadLetters: readonly DeadLetter[],
  now: number,
  sources: SourceKeys,
  isApart: boolean,
  alerts: readonly AlertRecord[] = [],
): Promise<WrittenChanges> {
  const settled: (() => void)[] = [];
  const changes: Changes[] = [];
  const refused: Evolved[] = [];
  const writeRows = async (part: readonly Evolved[]): Promise<void> => {
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
    ]);
    settled.push(() => keys.settle());
    changes.push(all);
  };
  const writeApart = async (part: readonly Evolved[]): Promise<void> => {
    if (part.length === 0) return;
    await client.query('SAVEPOINT part');
    try {
      await writeRows(part);
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
  await (isApart ? writeApart(evolved) : writeRows(evolved));
  await writeDeadLetters(client, deadLetters);
  const lanes = await emitAlerts(client, [...alerts, ...changes.flatMap((part) => part.alerts)], now);
  return {
    changes,
    refused,
    lanes,
    settle: () => {
      for (const settle of settled) settle();
    },
  };
}
