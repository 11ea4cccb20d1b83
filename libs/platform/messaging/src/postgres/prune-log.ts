import type pg from 'pg';

export interface PruneOptions {
  readonly topic: string;
  /** Keep records younger than this, ms. */
  readonly olderThanMs: number;
  /** Groups that must have applied a record before it may go. Default: every group that has offsets of the topic. */
  readonly groups?: readonly string[];
}

/**
 * Deletes old records of a topic from the Postgres log, never one that some group has not applied. Without any group
 * nothing is deleted: records nobody has read are not old, they are waiting. In small steps, to keep locks short.
 *
 * Not for topics that the relay forwards: there `consumer_offsets` counts in Kafka's offsets, and the relay prunes.
 *
 * @returns number of records deleted
 */
export async function pruneLog(pool: pg.Pool, options: PruneOptions): Promise<number> {
  let deleted = 0;
  for (;;) {
    const { rowCount } = await pool.query(PRUNE, [
      options.topic,
      options.olderThanMs,
      options.groups === undefined ? null : [...new Set(options.groups)],
      STEP,
    ]);
    deleted += rowCount ?? 0;
    if ((rowCount ?? 0) < STEP) return deleted;
  }
}

const STEP = 5_000;

const PRUNE = `
WITH applied AS (
  SELECT "partition", min(next_offset) AS below FROM consumer_offsets
  WHERE topic = $1 AND ($3::text[] IS NULL OR consumer_group = ANY ($3::text[]))
  GROUP BY "partition"
  HAVING $3::text[] IS NULL OR count(*) = cardinality($3::text[])
), old AS (
  SELECT r."partition", r."offset" FROM applied a
  JOIN log_records r ON r.topic = $1 AND r."partition" = a."partition" AND r."offset" < a.below
  WHERE r.appended_at < now() - make_interval(secs => $2::float8 / 1000)
  LIMIT $4
)
DELETE FROM log_records r USING old WHERE r.topic = $1 AND r."partition" = old."partition" AND r."offset" = old."offset"`;
