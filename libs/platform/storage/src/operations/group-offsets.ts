import type { Pool } from 'pg';

/** Where every consumer group stands: the next offset to apply by `group|topic` and partition. */
export async function groupOffsets(pool: Pool): Promise<ReadonlyMap<string, ReadonlyMap<number, bigint>>> {
  const { rows } = await pool.query<{ group: string; topic: string; partition: number; next: string }>({
    name: 'offsets-of-groups',
    text: 'SELECT consumer_group AS "group", topic, "partition", next_offset AS next FROM consumer_offsets',
  });
  const groups = new Map<string, Map<number, bigint>>();
  for (const { group, topic, partition, next } of rows) {
    const key = `${group}|${topic}`;
    const offsets = groups.get(key) ?? new Map<number, bigint>();
    groups.set(key, offsets.set(partition, BigInt(next)));
  }
  return groups;
}
