import { TOPICS } from '#libs/contracts';
import { DEAD_LETTER_HEADERS, type EventLog, type LogRecord, type NewRecord, type Position } from './event-log.js';

/** The dead-letter record of a record that a group could not apply: same key and value, reason and origin in the headers. */
export function deadLetterOf(record: LogRecord, group: string, reason: string): NewRecord {
  return {
    topic: TOPICS.deadLetters,
    key: record.key,
    value: record.value,
    headers: {
      ...record.headers,
      'x-reason': reason.slice(0, 500),
      'x-group': group,
      'x-topic': record.topic,
      'x-partition': String(record.partition),
      'x-offset': String(record.offset),
    },
  };
}

/**
 * Appends a dead letter to the topic it came from again, under its own key and without the reason headers.
 *
 * @throws TypeError when the record is not a dead letter
 */
export async function replayDeadLetter(log: EventLog, deadLetter: LogRecord): Promise<Position> {
  const topic = deadLetter.headers['x-topic'];
  if (topic === undefined) throw new TypeError('not a dead letter: no x-topic header');
  const own = Object.entries(deadLetter.headers).filter(([name]) => !isReasonHeader(name));
  const [position] = await log.append([
    { topic, key: deadLetter.key, value: deadLetter.value, headers: Object.fromEntries(own) },
  ]);
  if (position === undefined) throw new TypeError('the log answered no position');
  return position;
}

function isReasonHeader(name: string): boolean {
  return (DEAD_LETTER_HEADERS as readonly string[]).includes(name);
}
