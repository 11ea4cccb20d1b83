import type { PatientInput } from '#libs/contracts';
import type { LogRecord } from '#libs/platform/messaging';
import type { DeadLetter } from '#libs/platform/storage';
import { deadLetterOf } from '../write/dead-letters.js';
import { parseRecord } from './parse-record.js';

export interface Entry {
  readonly log: LogRecord;
  readonly input: PatientInput;
}

/** A patient's records of a chunk, in log order. */
export interface Group {
  readonly patient: string;
  readonly partition: number;
  readonly entries: Entry[];
}

/** Reads the records by patient; those that cannot be read become dead letters. */
export function readRecords(records: readonly LogRecord[]): {
  readonly groups: Map<string, Group>;
  readonly deadLetters: DeadLetter[];
} {
  const groups = new Map<string, Group>();
  const deadLetters: DeadLetter[] = [];
  for (const log of records) {
    const parsed = parseRecord(log);
    if (parsed.kind === 'poison') {
      deadLetters.push(deadLetterOf(log, parsed.tenant, parsed.reason));
      continue;
    }
    const entry = { log, input: parsed.input };
    const group = groups.get(log.key);
    if (group === undefined) groups.set(log.key, { patient: log.key, partition: log.partition, entries: [entry] });
    else group.entries.push(entry);
  }
  return { groups, deadLetters };
}
