import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { StartupError } from '#libs/platform/config';
import { inTransaction, type OffsetStore } from '#libs/platform/storage';
import type { EventLog } from '../log/event-log.js';

/**
 * A partition in which the database and the log do not belong together. `gone`: records that were never applied are no longer in the log
 * (its retention is shorter than the backup is old). `ahead`: the database has applied records that this log has never had (an earlier
 * or another log): new ones would be taken for applied.
 */
export interface Disagreement {
  readonly kind: 'gone' | 'ahead';
  readonly partition: number;
  /** Next offset to apply, as the database says. */
  readonly applied: bigint;
  /** First offset that the log has, and the one that it gives next. */
  readonly first: bigint;
  readonly next: bigint;
}

const ATTEMPTS = 20;
const PAUSE_MS = 500;

/** Compares the offsets of a group with the log. Offsets that lie behind it are no disagreement: those records are applied. */
export async function disagreementsOf(
  pool: Pool,
  log: Pick<EventLog, 'ends'>,
  offsets: OffsetStore,
): Promise<readonly Disagreement[]> {
  // In this order: the log only moves on meanwhile.
  const stored = await offsets.read(pool);
  const ends = await log.ends(offsets.topic);
  return ends.flatMap(({ partition, first, next }): Disagreement[] => {
    const applied = stored.get(partition);
    if (applied === undefined || (applied >= first && applied <= next)) return [];
    return [{ kind: applied > next ? 'ahead' : 'gone', partition, applied, first, next }];
  });
}

/**
 * For the start of a consumer that keeps its offsets in the database of its effects.
 *
 * @throws {StartupError} when the log and the database do not belong together: to go on would lose records without a sign
 */
export async function requireAgreement(pool: Pool, log: Pick<EventLog, 'ends'>, offsets: OffsetStore): Promise<void> {
  const found = await patiently(() => disagreementsOf(pool, log, offsets));
  const [one] = found;
  if (one === undefined) return;
  const { group, topic } = offsets;
  const more = found.length === 1 ? '' : ` (and ${found.length - 1} more partitions)`;
  throw new StartupError(
    `the database and the log do not belong together: ${group}, ${topic}/${one.partition}${more}: ${describeDisagreement(one)}; ` +
      `see docs/operate.md#restore, then: npm run offsets -- --mend`,
  );
}

export function describeDisagreement({ kind, applied, first, next }: Disagreement): string {
  return kind === 'gone'
    ? `records gone from the log before they were applied: ${first - applied} (next is ${applied}, the log begins at ${first})`
    : `the database has applied up to ${applied}, the log ends at ${next}`;
}

/**
 * Lets a group go on with the log as it is: from the first record that it has. What is gone stays gone; what was applied already is
 * recognised by its identity and changes nothing.
 *
 * @returns what was mended
 */
export async function mendOffsets(
  pool: Pool,
  log: Pick<EventLog, 'ends'>,
  offsets: OffsetStore,
): Promise<readonly Disagreement[]> {
  const found = await disagreementsOf(pool, log, offsets);
  if (found.length > 0)
    await inTransaction(pool, (client) =>
      offsets.move(client, new Map(found.map(({ partition, first }) => [partition, first]))),
    );
  return found;
}

/** A broker that was reachable a moment ago may be away for another. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= ATTEMPTS) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
