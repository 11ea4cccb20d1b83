import type pg from 'pg';
import type { KafkaSecurity } from '#libs/platform/config';
import type { EventLog } from './event-log.js';
import { KafkaEventLog } from '../kafka/kafka.js';
import { SILENT, type LogWriter } from './log-writer.js';
import { PostgresWaker } from '../postgres/postgres-waker.js';
import { registerWaker } from '../postgres/wake-after-commit.js';
import { PostgresEventLog } from '../postgres/postgres.js';

export interface EventLogConfig {
  /** `host:port`, one or more: the log is Kafka. Without it the log is Postgres. */
  readonly kafkaBrokers?: readonly string[] | undefined;
  readonly kafkaSecurity?: KafkaSecurity | undefined;
  readonly pool: pg.Pool;
  readonly databaseUrl: string;
  readonly clientId: string;
  /** Maximum records that may wait to be appended. */
  readonly maxWaiting?: number;
  readonly logger?: LogWriter | undefined;
}

/** The event log of this installation. */
export function createEventLog(config: EventLogConfig): EventLog {
  const shared = {
    ...(config.maxWaiting === undefined ? {} : { maxWaiting: config.maxWaiting }),
    ...(config.logger === undefined ? {} : { logger: config.logger }),
  };
  if (config.kafkaBrokers !== undefined && config.kafkaBrokers.length > 0) {
    // What this process appends in transactions goes through the Postgres log: its relay wants to be woken.
    const waker = new PostgresWaker(config.pool, config.logger ?? SILENT);
    const unregister = registerWaker(config.databaseUrl, waker);
    const onClosed = async () => {
      unregister();
      await waker.close();
    };
    const { kafkaBrokers: brokers, kafkaSecurity: security, clientId } = config;
    return new KafkaEventLog({ brokers, security, clientId, onClosed, ...shared });
  }
  return new PostgresEventLog({ pool: config.pool, databaseUrl: config.databaseUrl, ...shared });
}
