import type { PatientInput } from '#libs/contracts';
import type { LogRecord, Selection } from '#libs/platform/messaging';
import type { DeadLetter } from '#libs/platform/storage';
import { deadLetterOf } from './dead-letters.js';
import { parseRecord } from './parse-record.js';

export type ToApply = Extract<Selection, { kind: 'apply' }>;

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

/** Reads the records by patient; those that cannot be read, or are to be put aside (`buried`, by offset), become letters. */
export function readRecords(
  work: readonly ToApply[],
  buried?: ReadonlyMap<bigint, string>,
): { readonly groups: Map<string, Group>; readonly letters: DeadLetter[] } {
  const groups = new Map<string, Group>();
  const letters: DeadLetter[] = [];
  for (const { batch, records } of work) {
    for (const log of records) {
      const parsed = parseRecord(log);
      const fault = buried?.get(log.offset);
      if (parsed.kind === 'poison' || fault !== undefined) {
        const tenant = parsed.kind === 'poison' ? parsed.tenant : parsed.input.tenant;
        letters.push(deadLetterOf(log, tenant, fault ?? (parsed as { reason: string }).reason));
        continue;
      }
      const group = groups.get(log.key);
      if (group === undefined)
        groups.set(log.key, { patient: log.key, partition: batch.partition, entries: [{ log, input: parsed.input }] });
      else group.entries.push({ log, input: parsed.input });
    }
  }
  return { groups, letters };
}
