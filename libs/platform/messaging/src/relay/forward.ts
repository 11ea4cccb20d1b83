import type pg from 'pg';
import { BY_INDEX, OffsetStore } from '#libs/platform/storage';
import type { Batch, BatchOutcome, EventLog } from '../log/event-log.js';
import { reasonOf } from '../log/log-writer.js';
import { selectRecords, type Selection } from '../log/select-records.js';

/** Group of the relays; its rows of `consumer_offsets` count in the offsets of the Postgres log. */
export const RELAY_GROUP = 'relay';

export interface Forwarded {
  /** In the order of the batches. */
  readonly outcomes: readonly BatchOutcome[];
  readonly records: number;
}

/**
 * Forwards what of the batches (of one topic, each of another partition) was not forwarded yet, in one transaction and one write to Kafka.
 * The partitions' rows are locked, in order, from before Kafka is given anything until that counts: a relay that has lost a partition without
 * noticing takes its turn behind the new owner, finds the work done, and puts no old record behind newer ones. Where they cannot be forwarded
 * together each is tried alone, so that a record which Kafka does not take delays its own partition only. Never throws: such a record waits, it is
 * not poison.
 *
 * @param pool its clients pipeline their statements
 */
export async function forward(
  pool: pg.Pool,
  target: Pick<EventLog, 'append'>,
  batches: readonly Batch[],
): Promise<Forwarded> {
  try {
    return await forwardTogether(pool, target, batches);
  } catch (error) {
    if (batches.length <= 1) return { outcomes: batches.map(() => retry(error)), records: 0 };
  }
  const alone: Forwarded[] = [];
  for (const batch of batches) alone.push(await forward(pool, target, [batch]));
  return {
    outcomes: alone.flatMap(({ outcomes }) => outcomes),
    records: alone.reduce((sum, { records }) => sum + records, 0),
  };
}

async function forwardTogether(
  pool: pg.Pool,
  target: Pick<EventLog, 'append'>,
  batches: readonly Batch[],
): Promise<Forwarded> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    const [, selections] = await Promise.all([client.query(`BEGIN; ${BY_INDEX}`), claim(client, batches)]);
    const taken = selections.flatMap((selected) => (selected.kind === 'apply' ? [selected] : []));
    const outcomes = selections.map((selected): BatchOutcome =>
      selected.kind === 'skip' ? selected.outcome : { kind: 'applied' },
    );
    if (taken.length === 0) {
      await client.query('ROLLBACK');
      return { outcomes, records: 0 };
    }
    const topic = topicOf(batches);
    const records = taken.flatMap((one) => one.records);
    await target.append(records.map(({ key, value, headers }) => ({ topic, key, value, headers })));
    await Promise.all([
      client.query({
        name: 'relay-forwarded',
        text: FORWARDED,
        values: [RELAY_GROUP, topic, taken.map(({ batch }) => batch.partition), taken.map(({ next }) => String(next))],
      }),
      client.query('COMMIT'),
    ]);
    return { outcomes, records: records.length };
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Locks the partitions' rows, which are made at the first record that a relay is handed. */
async function claim(client: pg.PoolClient, batches: readonly Batch[]): Promise<readonly Selection[]> {
  const topic = topicOf(batches);
  const starts = new Map(batches.map(({ partition, records }) => [partition, records[0]?.offset ?? 0n]));
  const { next } = await new OffsetStore(RELAY_GROUP, topic).lock(client, starts);
  const selections: Selection[] = [];
  for (const batch of batches) {
    const firstKept = async (): Promise<bigint> => {
      const { rows } = await client.query<{ first: string | null }>(FIRST_KEPT, [topic, batch.partition]);
      return BigInt(rows[0]?.first ?? 0);
    };
    selections.push(await selectRecords(batch, next.get(batch.partition) ?? 0n, firstKept));
  }
  return selections;
}

function topicOf(batches: readonly Batch[]): string {
  return batches[0]?.topic ?? '';
}

function retry(error: unknown): BatchOutcome {
  return { kind: 'retry', reason: reasonOf(error) };
}

const FIRST_KEPT = `SELECT min("offset") AS first FROM log_records WHERE topic = $1 AND "partition" = $2`;
const FORWARDED = `
WITH done AS (
  SELECT * FROM unnest($3::int[], $4::bigint[]) AS d (part, next)
), moved AS (
  UPDATE consumer_offsets o SET next_offset = d.next, updated_at = now() FROM done d
  WHERE o.consumer_group = $1 AND o.topic = $2 AND o."partition" = d.part
)
DELETE FROM log_records r USING done d WHERE r.topic = $2 AND r."partition" = d.part AND r."offset" < d.next`;
