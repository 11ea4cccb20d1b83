import type { ClientBase } from 'pg';
import { WAKE_CHANNEL } from './postgres-waker.js';
import { checkRecord } from '../log/check-record.js';
import type { NewRecord, Position } from '../log/event-log.js';
import { canWake, wakeAfterCommit } from './wake-after-commit.js';
import { CONTRACT_PARTITIONS, placeOf, type PartitionCounts } from '../log/topic-partitions.js';

/**
 * Appends to the Postgres log inside the caller's transaction: the transactional outbox. The records exist, in order, exactly
 * when the transaction commits; consumers are woken right after it.
 *
 * Takes the counter row of every partition it touches until the end of the transaction (in sorted order, so that two callers
 * never wait for each other in a circle): call it once per transaction, as late as possible.
 *
 * @returns positions in the order of `records`, valid once committed
 */
export async function appendInTransaction(
  client: ClientBase,
  records: readonly NewRecord[],
  counts: PartitionCounts = CONTRACT_PARTITIONS,
): Promise<readonly Position[]> {
  if (records.length === 0) return [];
  const statement = appendStatement(records, counts, canWake(client) ? 'silent' : 'notify');
  const result = await client.query<ClaimedRow>(statement.query);
  wakeAfterCommit(client, statement.topics);
  return statement.positions(result.rows);
}

export interface ClaimedRow {
  readonly topic: string;
  readonly partition: number;
  readonly next_offset: string;
}

export interface AppendStatement {
  readonly query: { name: string; text: string; values: unknown[] };
  /** Topics touched. */
  readonly topics: readonly string[];
  positions(rows: readonly ClaimedRow[]): readonly Position[];
}

interface Group {
  readonly topic: string;
  readonly partition: number;
  count: number;
}

/**
 * One statement that claims offsets and writes the records. The upsert takes the counter rows in the order of its input, so
 * offsets of a partition have no gaps and are in commit order.
 */
export function appendStatement(
  records: readonly NewRecord[],
  counts: PartitionCounts,
  wake: 'notify' | 'silent',
): AppendStatement {
  const groups = new Map<string, Group>();
  const places = records.map((record) => {
    checkRecord(record);
    const partition = placeOf(counts, record.topic, record.key);
    const id = `${record.topic}\n${partition}`;
    const group = groups.get(id) ?? { topic: record.topic, partition, count: 0 };
    groups.set(id, group);
    return { group, sequence: group.count++ };
  });
  const sorted = [...groups.values()].sort(byTopicAndPartition);
  const indexOf = new Map(sorted.map((group, index) => [group, index + 1]));
  const values = [
    sorted.map((group) => group.topic),
    sorted.map((group) => group.partition),
    sorted.map((group) => group.count),
    places.map(({ group }) => indexOf.get(group)),
    places.map(({ group, sequence }) => group.count - sequence),
    records.map((record) => record.key),
    records.map((record) => record.value),
    records.map((record) => headersOf(record)),
  ];
  return {
    query: { name: `log-append-${wake}`, text: APPEND[wake], values },
    topics: [...new Set(sorted.map((group) => group.topic))],
    positions: (rows) => {
      const next = new Map(rows.map((row) => [`${row.topic}\n${row.partition}`, BigInt(row.next_offset)]));
      return places.map(({ group, sequence }) => ({
        topic: group.topic,
        partition: group.partition,
        offset: (next.get(`${group.topic}\n${group.partition}`) ?? 0n) - BigInt(group.count - sequence),
      }));
    },
  };
}

function byTopicAndPartition(a: Group, b: Group): number {
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1;
  return a.partition - b.partition;
}

function headersOf(record: NewRecord): string | null {
  if (record.headers === undefined || Object.keys(record.headers).length === 0) return null;
  return JSON.stringify(record.headers);
}

const CLAIM_AND_WRITE = `
WITH claimed AS (
  INSERT INTO log_partitions AS p (topic, "partition", next_offset)
  SELECT c.topic, c.part, c.n FROM unnest($1::text[], $2::int[], $3::bigint[]) AS c (topic, part, n)
  ON CONFLICT (topic, "partition") DO UPDATE SET next_offset = p.next_offset + excluded.next_offset
  RETURNING p.topic, p."partition", p.next_offset
), written AS (
  INSERT INTO log_records (topic, "partition", "offset", key, value, headers, appended_at)
  SELECT c.topic, c."partition", c.next_offset - r.back, r.key, r.value, r.headers::jsonb, clock_timestamp()
  FROM unnest($4::int[], $5::bigint[], $6::text[], $7::text[], $8::text[]) AS r (grp, back, key, value, headers)
  JOIN claimed c ON c.topic = ($1::text[])[r.grp] AND c."partition" = ($2::int[])[r.grp]
)
SELECT topic, "partition", next_offset`;

const APPEND = {
  silent: `${CLAIM_AND_WRITE} FROM claimed`,
  notify: `${CLAIM_AND_WRITE}, pg_notify('${WAKE_CHANNEL}', topic) FROM claimed`,
} as const;
