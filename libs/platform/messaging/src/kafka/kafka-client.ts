import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Kafka, logLevel, type KafkaConfig, type SASLOptions } from 'kafkajs';
import type { KafkaSecurity } from '#libs/platform/config';
import { KafkaSockets } from './kafka-sockets.js';
import { SILENT, type LogWriter } from '../log/log-writer.js';

/** Whom to speak to, and under which name. */
export interface KafkaAddress {
  /** `host:port`, one or more. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly security?: KafkaSecurity | undefined;
}

/** The settings of kafkajs. @throws when a file cannot be read */
function securityOf({ tls, sasl }: KafkaSecurity = {}): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  const read = (file: string | undefined) => (file === undefined ? undefined : readFileSync(file));
  return {
    ...(tls === undefined
      ? {}
      : { ssl: withoutAbsent({ ca: read(tls.caFile), cert: read(tls.certFile), key: read(tls.keyFile) }) }),
    ...(sasl === undefined ? {} : { sasl: sasl as SASLOptions }),
  };
}

function withoutAbsent(options: Readonly<Record<string, Buffer | undefined>>): Record<string, Buffer> {
  return Object.fromEntries(
    Object.entries(options).filter((entry): entry is [string, Buffer] => entry[1] !== undefined),
  );
}

/** A client with the defects of kafkajs worked around that every client has. It connects when something is asked of it. */
export function kafkaClient(
  address: KafkaAddress,
  sockets = new KafkaSockets(),
  logger: LogWriter = SILENT,
  retry: KafkaConfig['retry'] = { retries: 6, initialRetryTime: 50, maxRetryTime: 1_000 },
): Kafka {
  silenceIdleTimers();
  const config: KafkaConfig = {
    clientId: address.clientId,
    brokers: [...address.brokers],
    ...securityOf(address.security),
    socketFactory: sockets.create as NonNullable<KafkaConfig['socketFactory']>,
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    retry,
    logLevel: logLevel.WARN,
    // The client retries what it calls an error; what ends it comes through `crashed`.
    logCreator: () => (entry) => logger.debug({ kafka: entry.namespace, reason: entry.log.message }, 'kafka client'),
  };
  return new Kafka(config);
}

interface PendingRequests {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
}

let silenced = false;

/**
 * kafkajs 2.2.4 re-arms a timer per connection every millisecond for ever, with a negative delay, also when nothing waits:
 * 5 % of a core for three idle connections. The check is only needed when a request waits or the broker throttles.
 *
 * @throws Error when the client has no such method any more: look at the defect again before an update
 */
function silenceIdleTimers(): void {
  if (silenced) return;
  const queue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as {
    prototype: { scheduleCheckPendingRequests?: (this: PendingRequests) => void };
  };
  const original = queue.prototype.scheduleCheckPendingRequests;
  if (typeof original !== 'function')
    throw new Error('kafkajs changed: RequestQueue.scheduleCheckPendingRequests is gone');
  queue.prototype.scheduleCheckPendingRequests = function (this: PendingRequests): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) original.call(this);
  };
  silenced = true;
}
