import type { Pool, PoolClient } from 'pg';
import { parseAlert, tenantOfKey, TOPICS } from '#libs/contracts';
import { consumeTransactionally, type Consumer, type EventLog, type LogRecord } from '#libs/platform/messaging';
import { deadLetterAt, OffsetStore, writeDeadLetters } from '#libs/platform/storage';
import { tolerantAlert } from './tolerant-alert.js';
import { writeAlerts, type AlertTransition, type Written } from './write-alerts.js';

export const GROUP = 'fhir-alert-resources';
/** Where the gateways stand in the topic of alerts. */
export const OFFSETS = new OffsetStore(GROUP, TOPICS.alerts);
const MAX_AT_ONCE = 200;

export interface FollowerDeps {
  readonly pool: Pool;
  readonly log: Pick<EventLog, 'consume' | 'ends'>;
  readonly now: () => number;
  /** After a commit: what was written, and how many records could not be read (the dispatcher has dead-lettered them). */
  readonly onWritten: (written: Written, unreadable: number) => void;
  /** The consumer was given up for good. */
  readonly onFailed: (reason: string) => void;
}

/** The way of an alert into `/fhir/r4`: log → resources, in one transaction with the offset. */
export function followAlerts(deps: FollowerDeps): Promise<Consumer> {
  return consumeTransactionally({
    pool: deps.pool,
    log: deps.log,
    offsets: OFFSETS,
    maxBatch: MAX_AT_ONCE,
    apply: async (client, records) => {
      const transitions = records.flatMap(transitionOf);
      const written = await writeAlerts(client, transitions, deps.now());
      return { written, unreadable: records.length - transitions.length };
    },
    onCommitted: ({ written, unreadable }) => deps.onWritten(written, unreadable),
    noteDeadLetter,
    onFailed: deps.onFailed,
  });
}

function transitionOf(record: LogRecord): readonly AlertTransition[] {
  const parsed = parseAlert(record);
  if (parsed.kind !== 'alert') return [];
  const { tenant, alert, sequence, receivedAt } = parsed.record;
  return [{ tenant, alert: tolerantAlert(alert, sequence), at: receivedAt }];
}

function noteDeadLetter(client: PoolClient, record: LogRecord, reason: string): Promise<void> {
  return writeDeadLetters(client, [deadLetterAt(GROUP, record, tenantOfKey(record.key), reason)]);
}
