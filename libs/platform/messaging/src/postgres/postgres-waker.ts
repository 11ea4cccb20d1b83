import type pg from 'pg';
import { reasonOf, type LogWriter } from '../log/log-writer.js';

/** Consumers of the Postgres log listen on this channel; the payload is the topic. */
export const WAKE_CHANNEL = 'homeostat_log';

/**
 * Notifies the consumers of all processes that a topic has new records. After the commit and not inside the appending
 * transaction: NOTIFY takes a lock of the whole server until its transaction is on disk, which would line all appends up.
 * At most one notification is under way; the rest gather. One that is lost costs a consumer's polling interval.
 */
export class PostgresWaker {
  private readonly topics = new Set<string>();
  private sending: Promise<void> | undefined;

  constructor(
    private readonly pool: pg.Pool,
    private readonly logger: LogWriter,
  ) {}

  wake(topics: readonly string[]): void {
    for (const topic of topics) this.topics.add(topic);
    this.sending ??= this.send().finally(() => (this.sending = undefined));
  }

  async close(): Promise<void> {
    await this.sending;
  }

  private async send(): Promise<void> {
    while (this.topics.size > 0) {
      const topics = [...this.topics];
      this.topics.clear();
      try {
        await this.pool.query({ name: 'log-wake', text: WAKE, values: [topics] });
      } catch (error) {
        this.logger.warn({ reason: reasonOf(error) }, 'consumers not woken; they will poll');
      }
    }
  }
}

const WAKE = `SELECT pg_notify('${WAKE_CHANNEL}', topic) FROM unnest($1::text[]) AS t (topic)`;
