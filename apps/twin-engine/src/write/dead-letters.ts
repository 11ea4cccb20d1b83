import type { LogRecord } from '#libs/platform/messaging';
import { deadLetterAt, type DeadLetter } from '#libs/platform/storage';
import { GROUP } from '../group.js';

/** A dead letter of the engine; its id follows from the record's place in the log. */
export function deadLetterOf(record: LogRecord, tenant: number, reason: string): DeadLetter {
  return deadLetterAt(GROUP, record, tenant, reason);
}
