import type { Pool } from 'pg';
import type { DeliveryStatus } from './delivery-store.js';
import { NO_KEYS, placeOfWebhook, SecretBox } from '#libs/platform/secrets';
import { opened, type SigningSecret } from '../webhooks/webhook-signature.js';

/** A message whose turn it is: the oldest of its episode that is not yet delivered or parked. Times in ms since 1970. */
export interface DueMessage {
  /** The webhook-id. */
  readonly message: string;
  readonly type: string;
  readonly body: string;
  /** Attempts in all, which number the next one. */
  readonly attempts: number;
  /** Attempts since it was last queued. */
  readonly tries: number;
  readonly queuedAt: number;
  /** When the record that caused it was received; null for tests and replays. */
  readonly receivedAt: number | null;
  /** Other messages of its episode wait behind it. */
  readonly followed: boolean;
}

/** What a lane sees of its queue. */
export interface LaneView {
  readonly url: string;
  /** The newest first. */
  readonly secrets: readonly SigningSecret[];
  /** Never tried, highest severity first, then the oldest. */
  readonly fresh: readonly DueMessage[];
  /** Tried before and due again, highest severity first, then those with the fewest tries. */
  readonly again: readonly DueMessage[];
  /** When the earliest message that is not due yet will be; null when there is none. */
  readonly nextDue: number | null;
  /** Those of the messages on the way that others wait behind. */
  readonly followed: readonly string[];
}

export interface LaneQuestion {
  readonly now: number;
  /** Messages on the way: they are left out, and what follows them waits. */
  readonly inFlight: readonly string[];
  /** Maximum messages of each kind. */
  readonly fresh: number;
  readonly again: number;
}

/** What one attempt came to. `next` is when to try again; null when it is over. */
export interface AttemptResult {
  readonly message: string;
  readonly attempt: number;
  readonly tries: number;
  readonly at: number;
  readonly milliseconds: number;
  readonly httpStatus: number | null;
  readonly error: string | null;
  readonly status: DeliveryStatus;
  readonly next: number | null;
}

interface Row {
  url: string;
  secrets: SigningSecret[];
  next_due: number | null;
  followed_in_flight: string[];
  message: string | null;
  type: string;
  body: string;
  attempts: number;
  tries: number;
  queued_ms: number;
  received_ms: number | null;
  followed: boolean;
}

/**
 * One statement: the endpoint if it is active, the messages whose turn it is, and when to look again. The head of an episode
 * counts with the highest severity that waits behind it. A message without an episode counts alone.
 */
const LOOK = `WITH endpoint AS (
    SELECT url, jsonb_build_array(jsonb_build_object('secret', secret, 'until', NULL)) || retired_secrets AS secrets
    FROM webhooks WHERE tenant = $1 AND id = $2 AND status = 'active'),
  heads AS (
    SELECT DISTINCT ON (episode, alone) message, lane, tries, next_attempt_at, message = ANY ($4::uuid[]) AS in_flight,
      max(rank) OVER queue AS rank, count(*) OVER queue > 1 AS followed
    FROM (SELECT *, CASE WHEN episode IS NULL THEN message END AS alone FROM deliveries
          WHERE tenant = $1 AND webhook = $2 AND status = 'pending') AS pending
    WINDOW queue AS (PARTITION BY episode, alone)
    ORDER BY episode, alone, lane),
  waiting AS (
    SELECT *, next_attempt_at <= to_timestamp($3::float8 / 1000) AS due, tries > 0 AS tried FROM heads WHERE NOT in_flight),
  placed AS (
    SELECT *, row_number() OVER (PARTITION BY tried ORDER BY rank DESC, tries, lane) AS place FROM waiting WHERE due)
  SELECT e.url, e.secrets,
    (SELECT (extract(epoch FROM min(next_attempt_at)) * 1000)::float8 FROM waiting WHERE NOT due) AS next_due,
    ARRAY(SELECT message::text FROM heads WHERE in_flight AND followed) AS followed_in_flight,
    d.message::text AS message, d.type, d.body, d.attempts, d.tries, p.followed,
    (extract(epoch FROM d.created_at) * 1000)::float8 AS queued_ms,
    (extract(epoch FROM d.received_at) * 1000)::float8 AS received_ms
  FROM endpoint e
  LEFT JOIN placed p ON p.place <= CASE WHEN p.tried THEN $6::int ELSE $5::int END
  LEFT JOIN deliveries d ON d.tenant = $1 AND d.webhook = $2 AND d.message = p.message
  ORDER BY p.place`;

/** What lanes read and write. */
export class LaneStore {
  constructor(
    private readonly pool: Pick<Pool, 'query'>,
    private readonly box: SecretBox = new SecretBox(NO_KEYS),
  ) {}

  /** Lanes that have something to send, of active webhooks. */
  async withPending(): Promise<readonly { readonly tenant: number; readonly webhook: string }[]> {
    const { rows } = await this.pool.query<{ tenant: number; webhook: string }>({
      name: 'lanes-with-pending',
      text: `SELECT w.tenant, w.id::text AS webhook FROM webhooks w
        WHERE w.status = 'active'
          AND EXISTS (SELECT FROM deliveries d WHERE d.tenant = w.tenant AND d.webhook = w.id AND d.status = 'pending')`,
    });
    return rows;
  }

  /** Undefined when there is no active webhook to send to. @throws {SecretKeyError} when its secret opens with none of the keys */
  async look(tenant: number, webhook: string, question: LaneQuestion): Promise<LaneView | undefined> {
    const { rows } = await this.pool.query<Row>({
      name: 'lane-look',
      text: LOOK,
      values: [tenant, webhook, question.now, question.inFlight, question.fresh, question.again],
    });
    const [first] = rows;
    if (first === undefined) return undefined;
    const due = rows.filter((row): row is Row & { message: string } => row.message !== null).map(toDueMessage);
    return {
      url: first.url,
      secrets: opened(first.secrets, this.box, placeOfWebhook(tenant, webhook)),
      fresh: due.filter(({ tries }) => tries === 0),
      again: due.filter(({ tries }) => tries > 0),
      nextDue: first.next_due,
      followed: first.followed_in_flight,
    };
  }

  /**
   * Notes attempts in one statement; a delivered message is kept as the delivery log. What was parked meanwhile (its webhook was
   * disabled) stays parked unless it was delivered.
   */
  async record(tenant: number, webhook: string, results: readonly AttemptResult[]): Promise<void> {
    if (results.length === 0) return;
    await this.pool.query({
      name: 'lane-record',
      text: `WITH r AS (
          SELECT * FROM unnest($3::uuid[], $4::int[], $5::float8[], $6::int[], $7::int[], $8::text[], $9::text[], $10::float8[], $11::int[])
            AS r (message, attempt, at, milliseconds, http, error, status, next, tries)),
        logged AS (
          INSERT INTO delivery_attempts (tenant, webhook, message, attempt, at, milliseconds, status, error)
          SELECT $1, $2, message, attempt, to_timestamp(at / 1000), milliseconds, http, error FROM r
          ON CONFLICT DO NOTHING)
        UPDATE deliveries d SET
          status = CASE WHEN d.status = 'pending' OR r.status = 'delivered' THEN r.status ELSE d.status END,
          attempts = r.attempt, tries = r.tries, last_status = r.http, last_error = r.error,
          next_attempt_at = coalesce(to_timestamp(r.next / 1000), d.next_attempt_at),
          finished_at = CASE WHEN r.status <> 'pending' THEN to_timestamp((r.at + r.milliseconds) / 1000) ELSE d.finished_at END
        FROM r WHERE d.tenant = $1 AND d.webhook = $2 AND d.message = r.message`,
      values: [
        tenant,
        webhook,
        results.map((r) => r.message),
        results.map((r) => r.attempt),
        results.map((r) => r.at),
        results.map((r) => r.milliseconds),
        results.map((r) => r.httpStatus),
        results.map((r) => r.error),
        results.map((r) => r.status),
        results.map((r) => r.next),
        results.map((r) => r.tries),
      ],
    });
  }

  /** Parks all that waits in a lane (its endpoint answered 410); replayable. */
  async parkAll(tenant: number, webhook: string, reason: string, now: number): Promise<number> {
    const { rowCount } = await this.pool.query(
      `UPDATE deliveries SET status = 'parked', last_error = $3, finished_at = to_timestamp($4::float8 / 1000)
       WHERE tenant = $1 AND webhook = $2 AND status = 'pending'`,
      [tenant, webhook, reason, now],
    );
    return rowCount ?? 0;
  }
}

function toDueMessage(row: Row & { message: string }): DueMessage {
  return {
    message: row.message,
    type: row.type,
    body: row.body,
    attempts: row.attempts,
    tries: row.tries,
    queuedAt: row.queued_ms,
    receivedAt: row.received_ms,
    followed: row.followed,
  };
}
