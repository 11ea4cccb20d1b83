import type { ClientBase, Pool } from 'pg';
import { plainArray } from '../postgres/pg-arrays.js';

/**
 * Where a consumer group stands in a topic, per partition: the next offset to apply. Moved in the transaction of the effects,
 * under a row lock: two owners of a partition take turns, and the second finds the first one's work done.
 */
export class OffsetStore {
  constructor(
    readonly group: string,
    readonly topic: string,
  ) {}

  /** All known offsets. */
  async read(pool: Pool): Promise<ReadonlyMap<number, bigint>> {
    const { rows } = await pool.query<{ partition: number; next: string }>({
      name: 'offsets-read',
      text: 'SELECT "partition", next_offset AS next FROM consumer_offsets WHERE consumer_group = $1 AND topic = $2',
      values: [this.group, this.topic],
    });
    return new Map(rows.map((row) => [row.partition, BigInt(row.next)]));
  }

  /**
   * Locks the rows of these partitions until the transaction ends. A partition without a row gets one at the offset given for
   * it: the first record that this group is handed.
   *
   * @param starts first offset at hand, per partition
   * @returns next offset to apply, per partition, and the transaction's time as the database will record it (ms)
   */
  async lock(
    client: ClientBase,
    starts: ReadonlyMap<number, bigint>,
  ): Promise<{ readonly next: ReadonlyMap<number, bigint>; readonly now: number }> {
    const partitions = [...starts.keys()];
    const locked = await this.select(client, partitions);
    const missing = partitions.filter((partition) => !locked.next.has(partition)).toSorted((a, b) => a - b);
    if (missing.length === 0) return locked;
    await client.query({
      name: 'offsets-start',
      text: `INSERT INTO consumer_offsets (consumer_group, topic, "partition", next_offset)
        SELECT $1, $2, p, n FROM unnest($3::int4[], $4::int8[]) AS u (p, n) ON CONFLICT DO NOTHING`,
      values: [
        this.group,
        this.topic,
        plainArray(missing),
        plainArray(missing.map((partition) => String(starts.get(partition)))),
      ],
    });
    return this.select(client, partitions);
  }

  async move(client: ClientBase, next: ReadonlyMap<number, bigint>): Promise<void> {
    await client.query({
      name: 'offsets-move',
      text: `UPDATE consumer_offsets AS o SET next_offset = u.n, updated_at = now()
        FROM unnest($3::int4[], $4::int8[]) AS u (p, n)
        WHERE o.consumer_group = $1 AND o.topic = $2 AND o."partition" = u.p`,
      values: [this.group, this.topic, plainArray([...next.keys()]), plainArray([...next.values()].map(String))],
    });
  }

  private async select(
    client: ClientBase,
    partitions: readonly number[],
  ): Promise<{ readonly next: Map<number, bigint>; readonly now: number }> {
    const { rows } = await client.query<{ partition: number; next: string; now: number }>({
      name: 'offsets-lock',
      text: `SELECT "partition", next_offset AS next, extract(epoch FROM now()::timestamptz(3))::float8 * 1000 AS now
        FROM consumer_offsets WHERE consumer_group = $1 AND topic = $2 AND "partition" = ANY ($3::int4[])
        ORDER BY "partition" FOR UPDATE`,
      values: [this.group, this.topic, plainArray(partitions)],
    });
    return {
      next: new Map(rows.map((row) => [row.partition, BigInt(row.next)])),
      now: Math.round(rows[0]?.now ?? 0),
    };
  }
}
