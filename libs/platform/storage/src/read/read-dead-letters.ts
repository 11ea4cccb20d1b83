import type { Pool } from 'pg';

export interface DeadLetterRow {
  readonly id: string;
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly reason: string;
  readonly at: number;
  readonly replayedAt: number | null;
}

const COLUMNS = `id::text AS id, consumer_group AS "group", topic, "partition", "offset"::text AS "offset", reason,
  (extract(epoch FROM at) * 1000)::float8 AS at, (extract(epoch FROM replayed_at) * 1000)::float8 AS "replayedAt"`;

/** Page of a tenant's dead letters, newest first. */
export async function listDeadLetters(
  pool: Pool,
  tenant: number,
  limit: number,
  after?: { readonly at: number; readonly id: string },
): Promise<readonly DeadLetterRow[]> {
  const { rows } = await pool.query<DeadLetterRow>(
    `SELECT ${COLUMNS} FROM dead_letters
     WHERE tenant = $1 AND ($2::float8 IS NULL OR at < to_timestamp($2 / 1000) OR (at = to_timestamp($2 / 1000) AND id > $3::uuid))
     ORDER BY dead_letters.at DESC, dead_letters.id LIMIT $4`,
    [tenant, after?.at ?? null, after?.id ?? null, limit],
  );
  return rows;
}

/** What to append again, and marks it as replayed; undefined when there is no such dead letter. */
export async function takeDeadLetter(
  pool: Pool,
  tenant: number,
  id: string,
): Promise<{ readonly topic: string; readonly key: string; readonly value: string } | undefined> {
  const { rows } = await pool.query<{ topic: string; key: string; value: string }>(
    `UPDATE dead_letters SET replayed_at = now() WHERE tenant = $1 AND id = $2::uuid RETURNING topic, key, value`,
    [tenant, id],
  );
  return rows[0];
}

export interface ReplayableDeadLetter {
  readonly tenant: number;
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly value: string;
}

/** Dead letters of all tenants that were not replayed and have this reason, in the order of the log by partition. */
export async function unreplayedDeadLetters(
  pool: Pick<Pool, 'query'>,
  which: { readonly group: string; readonly topic: string; readonly reason: string; readonly most: number },
): Promise<readonly ReplayableDeadLetter[]> {
  const { rows } = await pool.query<ReplayableDeadLetter>(
    `SELECT tenant, id::text AS id, topic, key, value FROM dead_letters
     WHERE consumer_group = $1 AND topic = $2 AND replayed_at IS NULL AND reason = $3
     ORDER BY "partition", "offset" LIMIT $4`,
    [which.group, which.topic, which.reason, which.most],
  );
  return rows;
}

export async function markReplayed(
  pool: Pick<Pool, 'query'>,
  deadLetters: readonly Pick<ReplayableDeadLetter, 'tenant' | 'id'>[],
): Promise<void> {
  await pool.query(
    `UPDATE dead_letters d SET replayed_at = now() FROM unnest($1::int4[], $2::uuid[]) AS u (tenant, id)
     WHERE d.tenant = u.tenant AND d.id = u.id`,
    [deadLetters.map(({ tenant }) => tenant), deadLetters.map(({ id }) => id)],
  );
}
