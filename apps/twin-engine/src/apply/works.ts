import type { PatientMemory } from '#libs/domain/twin';
import type { Evolved } from '../write/changes.js';
import type { Work } from './progress.js';
import type { Entry, Group } from './read-records.js';
import type { HeldTwin } from './twin-cache.js';

/** A patient's part of a chunk on its way through the core. */
export interface PatientWork extends Work<Entry> {
  readonly group: Group;
  readonly before: HeldTwin;
}

export function workOf(group: Group, before: HeldTwin, memory?: PatientMemory): PatientWork {
  return {
    group,
    before,
    tenant: before.state.tenant,
    twin: before.key,
    records: group.entries,
    state: before.state,
    applied: [],
    failed: [],
    taken: 0,
    ...(memory === undefined ? {} : { memory }),
  };
}

export function evolvedOf({ group, before, state, applied }: PatientWork): Evolved {
  const results = applied.map(({ record, result }) => ({ input: record.input, log: record.log, result }));
  return { patient: group.patient, partition: group.partition, before, state, applied: results };
}
