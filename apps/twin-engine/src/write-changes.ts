import type { PoolClient } from 'pg';
import { appendInTransaction, isTransient, type NewRecord } from '#libs/platform/messaging';
import {
  insertRejections,
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
import { changesOf, sourcesOf, type Changes, type Evolved } from './changes.js';

export interface WrittenChanges {
  readonly changes: readonly Changes[];
  /** Patients whose rows the database refused; nothing of them is written. */
  readonly refused: readonly Evolved[];
  /** To be called after the commit. */
  readonly settle: () => void;
}

/**
 * Writes what the core said. Rows of this engine's own partitions come first, the shared counters of the log last, because they are
 * locked until the commit.
 *
 * @param isApart false: a row that the database refuses fails the transaction. true: the patients are halved under savepoints until
 *   the one whose rows are refused is alone; all others are written
 * @param alerts further records of the topic of alerts
 */
export async function writeChanges(
  client: PoolClient,
  evolved: readonly Evolved[],
  letters: readonly DeadLetter[],
  now: number,
  sources: SourceKeys,
  isApart: boolean,
  alerts: readonly NewRecord[] = [],
): Promise<WrittenChanges> {
  const settled: (() => void)[] = [];
  const changes: Changes[] = [];
  const refused: Evolved[] = [];
  const writeRows = async (part: readonly Evolved[]): Promise<void> => {
    const keys = await sources.resolve(client, sourcesOf(part));
    const all = changesOf(part, keys.keyOf, now);
    await writeMeasurements(client, all.measurements);
    await writeJudgements(client, all.judgements);
    await writeFacts(client, all.facts);
    await writeThresholds(client, all.thresholds);
    await writeTwins(client, all.twins);
    await writeTimers(client, all.timers);
    await writeTransitions(client, all.transitions);
    await writeSuppressions(client, all.suppressions);
    await insertRejections(client, all.rejections);
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
  await writeDeadLetters(client, letters);
  await appendInTransaction(client, [...alerts, ...changes.flatMap((part) => part.alerts)]);
  return {
    changes,
    refused,
    settle: () => {
      for (const settle of settled) settle();
    },
  };
}
