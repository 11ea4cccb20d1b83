import type pg from 'pg';
import type { LogRecord } from '../log/event-log.js';

/**
 * One query for records of many partitions.
 *
 * @param from the first offset wanted, by partition
 * @param most bounds of what one partition gets; of a record that is larger it gets that one
 * @returns by partition, in order; without those that have none
 */
export async function fetchRecords(
  pool: pg.Pool,
  topic: string,
  from: ReadonlyMap<number, bigint>,
  most: { readonly records: number; readonly characters: number },
): Promise<ReadonlyMap<number, readonly LogRecord[]>> {
  const { rows } = await pool.query<RecordRow>({
    name: 'log-fetch',
    text: FETCH,
    values: [topic, [...from.keys()], [...from.values()].map(String), most.records, most.characters],
  });
  return Map.groupBy(
    rows.map((row) => recordOf(topic, row)),
    ({ partition }) => partition,
  );
}

interface RecordRow {
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly appended_ms: number;
}

function recordOf(topic: string, row: RecordRow): LogRecord {
  return {
    topic,
    partition: row.partition,
    offset: BigInt(row.offset),
    key: row.key,
    value: row.value,
    headers: row.headers ?? NO_HEADERS,
    appendedAt: row.appended_ms,
  };
}

const NO_HEADERS = {};

// At least one record of each partition, then as many as fit.
const FETCH = `
SELECT r.* FROM unnest($2::int[], $3::bigint[]) AS a (part, start)
CROSS JOIN LATERAL (
  SELECT "partition", "offset", key, value, headers, appended_ms FROM (
    SELECT "partition", "offset", key, value, headers, floor(extract(epoch FROM appended_at) * 1000)::float8 AS appended_ms,
      sum(octet_length(value)) OVER (ORDER BY "offset" ROWS UNBOUNDED PRECEDING) - octet_length(value) AS before
    FROM log_records
    WHERE topic = $1 AND "partition" = a.part AND "offset" >= a.start
    ORDER BY "offset" LIMIT $4
  ) s WHERE before < $5 ORDER BY "offset"
) r`;
