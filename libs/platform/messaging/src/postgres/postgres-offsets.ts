import type pg from 'pg';

interface Reader {
  readonly group: string;
  readonly topic: string;
}

/** Where the group stands in a partition; 0 before it committed anything. */
export async function committedOffset(pool: pg.Pool, { group, topic }: Reader, partition: number): Promise<bigint> {
  const { rows } = await pool.query<{ next_offset: string }>(
    'SELECT next_offset FROM consumer_offsets WHERE consumer_group = $1 AND topic = $2 AND "partition" = $3',
    [group, topic, partition],
  );
  return BigInt(rows[0]?.next_offset ?? 0);
}

/** Notes where the group stands: by partition, the next offset that it has not applied. */
export async function commitOffsets(
  pool: pg.Pool,
  { group, topic }: Reader,
  offsets: ReadonlyMap<number, bigint>,
): Promise<void> {
  await pool.query({
    name: 'log-commit',
    text: COMMIT,
    values: [group, topic, [...offsets.keys()], [...offsets.values()].map(String)],
  });
}

const COMMIT = `
INSERT INTO consumer_offsets (consumer_group, topic, "partition", next_offset, updated_at)
SELECT $1, $2, o.part, o.next, now() FROM unnest($3::int[], $4::bigint[]) AS o (part, next) ORDER BY o.part
ON CONFLICT (consumer_group, topic, "partition") DO UPDATE SET next_offset = excluded.next_offset, updated_at = excluded.updated_at`;
