import { v5 } from 'uuid';
import type { LogRecord } from '#libs/platform/messaging';
import type { DeadLetter } from '#libs/platform/storage';
import { GROUP } from './group.js';

/** Namespace of dead letter ids (a random UUID, fixed). */
const NAMESPACE = 'b2a3f6f0-6f0c-4c55-9d27-2a7f0a7de0a4';

/** A dead letter of the engine; its id follows from the record's place in the log. */
export function deadLetterOf(record: LogRecord, tenant: number, reason: string): DeadLetter {
  return {
    tenant,
    id: v5(`${GROUP}/${record.topic}/${record.partition}/${record.offset}`, NAMESPACE),
    group: GROUP,
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    key: record.key,
    value: record.value,
    reason,
  };
}
