import type { NewRecord } from './event-log.js';

/** Largest value of one record, UTF-8 bytes. Topics are made with room for it (`max.message.bytes`). */
export const MAX_RECORD_BYTES = 8_000_000;

/**
 * Refuses before anything is taken what a log could not keep, so that one bad record does not spoil the batch of its neighbours.
 *
 * @throws RangeError for a value above {@link MAX_RECORD_BYTES}; TypeError for a NUL character, which Postgres cannot store
 */
export function checkRecord(record: NewRecord): void {
  // Four bytes per character at most: most values need not be measured.
  if (record.value.length * 4 > MAX_RECORD_BYTES && Buffer.byteLength(record.value) > MAX_RECORD_BYTES) {
    throw new RangeError(`a record cannot be larger than ${MAX_RECORD_BYTES} bytes`);
  }
  if (record.value.includes('\0') || record.key.includes('\0')) {
    throw new TypeError('a record cannot hold a NUL character');
  }
}
