import type { Pool } from 'pg';

/** A message on its way to one endpoint. `message` is the `webhook-id`; times in ms. */
export interface Delivery {
  readonly message: string;
  readonly episode: string | null;
  readonly type: string;
  readonly body: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly createdAt: number;
  readonly nextAttemptAt: number;
  readonly finishedAt: number | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
}

/** `pending` until delivered; `parked` after a 410, three refusals or three days of failures, replayable. */
export type DeliveryStatus = 'pending' | 'delivered' | 'parked';

export interface Attempt {
  readonly attempt: number;
  readonly at: number;
  readonly milliseconds: number;
  readonly status: number | null;
  readonly error: string | null;
}

const COLUMNS = `message::text AS message, episode::text AS episode, type, body, status, attempts, lane,
  (extract(epoch FROM created_at) * 1000)::float8 AS created_ms,
  (extract(epoch FROM next_attempt_at) * 1000)::float8 AS next_ms,
  (extract(epoch FROM finished_at) * 1000)::float8 AS finished_ms, last_status, last_error`;

interface Row {
  message: string;
  episode: string | null;
  type: string;
  body: string;
  status: DeliveryStatus;
  attempts: number;
  lane: string;
  created_ms: number;
  next_ms: number;
  finished_ms: number | null;
  last_status: number | null;
  last_error: string | null;
}

function toDelivery(row: Row): Delivery {
  return {
    message: row.message,
    episode: row.episode,
    type: row.type,
    body: row.body,
    status: row.status,
    attempts: row.attempts,
    createdAt: row.created_ms,
    nextAttemptAt: row.next_ms,
    finishedAt: row.finished_ms,
    lastStatus: row.last_status,
    lastError: row.last_error,
  };
}

/** Messages and their attempts as the API shows, queues and replays them; lanes use {@link LaneStore}. */
export class DeliveryStore {
  constructor(private readonly pool: Pool) {}

  /** Queues one message that is not an alert (the test of an endpoint). */
  async enqueue(
    tenant: number,
    webhook: string,
    message: string,
    type: string,
    body: string,
    now: number,
  ): Promise<void> {
    await this.pool.query(
      `WITH queued AS (
         INSERT INTO deliveries (tenant, webhook, message, type, body, created_at, next_attempt_at)
         VALUES ($1, $2, $3, $4, $5, to_timestamp($6::float8 / 1000), to_timestamp($6::float8 / 1000)))
       SELECT pg_notify('webhook_lanes', $1::int || '/' || $2::uuid)`,
      [tenant, webhook, message, type, body, now],
    );
  }

  /** Page of the delivery log, newest first; `before` is the lane number of the last row of the page before. */
  async list(
    tenant: number,
    webhook: string,
    options: { readonly status?: string; readonly limit: number; readonly before?: string },
  ): Promise<{ readonly items: readonly Delivery[]; readonly next?: string }> {
    const { rows } = await this.pool.query<Row>(
      `SELECT ${COLUMNS} FROM deliveries WHERE tenant = $1 AND webhook = $2
         AND ($3::text IS NULL OR status = $3) AND ($4::bigint IS NULL OR lane < $4) ORDER BY lane DESC LIMIT $5`,
      [tenant, webhook, options.status ?? null, options.before ?? null, options.limit + 1],
    );
    const items = rows.slice(0, options.limit);
    const last = items.at(-1);
    return {
      items: items.map(toDelivery),
      ...(rows.length > options.limit && last !== undefined ? { next: String(last.lane) } : {}),
    };
  }

  async attempts(
    tenant: number,
    webhook: string,
    messages: readonly string[],
  ): Promise<ReadonlyMap<string, readonly Attempt[]>> {
    const { rows } = await this.pool.query<Attempt & { message: string }>(
      `SELECT message::text AS message, attempt, (extract(epoch FROM at) * 1000)::float8 AS at, milliseconds, status, error
       FROM delivery_attempts WHERE tenant = $1 AND webhook = $2 AND message = ANY($3::uuid[]) ORDER BY message, attempt`,
      [tenant, webhook, messages],
    );
    const byMessage = new Map<string, Attempt[]>();
    for (const { message, ...attempt } of rows) {
      const list = byMessage.get(message);
      if (list === undefined) byMessage.set(message, [attempt]);
      else list.push(attempt);
    }
    return byMessage;
  }

  /**
   * Sends again what this webhook was due in [from, to): parked, delivered and pending messages, and transitions it missed
   * while disabled. `webhook-id`s stay, so a subscriber that keeps them sees no message twice. Answers how many were queued.
   */
  async replay(
    tenant: number,
    webhook: string,
    range: { readonly from?: number; readonly to?: number; readonly status?: 'parked' | 'delivered' },
    now: number,
  ): Promise<number> {
    const values = [tenant, webhook, range.from ?? null, range.to ?? null, now];
    const { rowCount } = await this.pool.query(
      `UPDATE deliveries SET status = 'pending', tries = 0, received_at = NULL, created_at = to_timestamp($5::float8 / 1000),
         next_attempt_at = to_timestamp($5::float8 / 1000), finished_at = NULL
       WHERE tenant = $1 AND webhook = $2 AND status <> 'pending' AND ($6::text IS NULL OR status = $6)
         AND ($3::float8 IS NULL OR created_at >= to_timestamp($3 / 1000))
         AND ($4::float8 IS NULL OR created_at < to_timestamp($4 / 1000))`,
      [...values, range.status ?? null],
    );
    const missed = range.status === undefined ? await this.enqueueMissed(values) : 0;
    await this.pool.query(`SELECT pg_notify('webhook_lanes', $1::int || '/' || $2::uuid)`, [tenant, webhook]);
    return (rowCount ?? 0) + missed;
  }

  /**
   * Sends one message again, now and under its own id, whatever became of it; one that waits for its next attempt is tried at once. Answers
   * whether there is such a message.
   */
  async replayOne(tenant: number, webhook: string, message: string, now: number): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `WITH replayed AS (
         UPDATE deliveries SET status = 'pending', tries = 0, received_at = NULL, created_at = to_timestamp($4::float8 / 1000),
           next_attempt_at = to_timestamp($4::float8 / 1000), finished_at = NULL
         WHERE tenant = $1 AND webhook = $2 AND message = $3 RETURNING webhook)
       SELECT pg_notify('webhook_lanes', $1::int || '/' || webhook) FROM replayed`,
      [tenant, webhook, message, now],
    );
    return rowCount === 1;
  }

  /** By the same filter as `matchesFilter`. */
  private async enqueueMissed(values: readonly unknown[]): Promise<number> {
    const { rowCount } = await this.pool.query(
      `INSERT INTO deliveries (tenant, webhook, message, episode, rank, type, body, created_at, next_attempt_at)
       SELECT t.tenant, w.id, t.id, t.episode, CASE t.alert->>'severity' WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END, 'alert.' || t.transition,
         json_build_object('type', 'alert.' || t.transition, 'timestamp', to_char(t.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'data', t.alert || jsonb_build_object('sequence', t.sequence))::text,
         to_timestamp($5::float8 / 1000), to_timestamp($5::float8 / 1000)
       FROM alert_transitions t JOIN webhooks w ON w.tenant = t.tenant AND w.id = $2
       WHERE t.tenant = $1 AND ($3::float8 IS NOT NULL OR $4::float8 IS NOT NULL)
         AND ($3::float8 IS NULL OR t.recorded_at >= to_timestamp($3 / 1000))
         AND ($4::float8 IS NULL OR t.recorded_at < to_timestamp($4 / 1000))
         AND (w.filter->'severity' IS NULL OR w.filter->'severity' ? (t.alert->>'severity'))
         AND (w.filter->'category' IS NULL OR w.filter->>'category' = t.alert->>'category')
         AND (w.filter->'rules' IS NULL OR w.filter->'rules' ? (t.alert->'rule'->>'id') OR EXISTS (
           SELECT 1 FROM jsonb_array_elements(t.alert->'suppressed') AS s WHERE w.filter->'rules' ? (s->>'rule')))
         AND (w.filter->'patients' IS NULL OR w.filter->'patients' ?| ARRAY[t.alert->>'patient', 'Patient/' || (t.alert->>'patient')])
       ORDER BY t.stream
       ON CONFLICT (tenant, webhook, message) DO NOTHING`,
      [...values],
    );
    return rowCount ?? 0;
  }
}
